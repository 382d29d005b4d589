// A report as JSON-stat 2.0.
#pragma once

#include <string>
#include <string_view>

#include "services/report/render/renderer.h"

namespace welfare::report {

// A collection with a data set for each table of numbers: rows by year of the
// survey by measure, exact decimals, null and a status where there is no number.
// Texts of a table stand beside it in the extension.
class JsonStatRenderer : public Renderer {
 public:
  std::string_view format() const override { return "json"; }
  std::string_view content_type() const override { return "application/json"; }
  std::string_view filename() const override { return "report.json"; }
  std::string fingerprint() const override { return "json-stat 2"; }

  absl::StatusOr<std::string> Render(const ReportModel& model) const override;
};

}  // namespace welfare::report
