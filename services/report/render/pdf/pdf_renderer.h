// PDF: the report as sheets of paper, its font embedded.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

#include "services/report/render/pdf/print_font.h"
#include "services/report/render/renderer.h"
#include "services/report/sheets/book.h"

namespace welfare::report {

// A4 landscape, one sheet for each page, then the annex; text as text, with
// bookmarks and page labels.
class PdfRenderer final : public Renderer {
 public:
  explicit PdfRenderer(PrintFont font) : font_(std::move(font)) {}

  std::string_view format() const override { return "pdf"; }
  std::string_view content_type() const override { return "application/pdf"; }
  std::string_view filename() const override { return "report.pdf"; }
  std::string fingerprint() const override;
  // Errors:
  //   FAILED_PRECONDITION, reason PAGE_OVERFLOW: it does not fit on its sheets.
  //   FAILED_PRECONDITION, reason GLYPH_MISSING: the font lacks a character.
  //   INTERNAL, reason RENDER_FAILED: a library refused.
  absl::StatusOr<std::string> Render(const ReportModel& model) const override;

 private:
  PrintFont font_;
};

// Returns the sheets as PDF. Errors: as above, but for PAGE_OVERFLOW.
absl::StatusOr<std::string> WritePdf(const Book& book, const PrintFont& font);

}  // namespace welfare::report
