// CSV: every table of the report as one file, zipped with a dictionary.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/report/render/renderer.h"

namespace welfare::report {

// Writes UTF-8, CRLF, RFC 4180: one datum per cell, numbers as plain numbers.
// Where a table prints a symbol, the cell is empty and the last column,
// `symbols`, names it (`percent=NOT_APPLICABLE`; with a number in the cell
// `value=LOWER_BOUND`). Text that a spreadsheet
// would run as a formula is neutralised. The first columns of every row say
// whether the data are synthetic, this year's and, beside them, last year's.
// Stateless.
class CsvRenderer final : public Renderer {
 public:
  std::string_view format() const override { return "csv"; }
  std::string_view content_type() const override { return "application/zip"; }
  std::string_view filename() const override { return "report-csv.zip"; }
  std::string fingerprint() const override;
  absl::StatusOr<std::string> Render(const ReportModel& model) const override;
};

}  // namespace welfare::report
