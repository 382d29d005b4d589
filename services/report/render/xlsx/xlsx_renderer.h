// A report as a workbook.
#pragma once

#include <string>
#include <string_view>

#include "services/report/render/renderer.h"

namespace welfare::report {

// Sheets to read, with charts that can be changed, and sheets of data.
class XlsxRenderer : public Renderer {
 public:
  std::string_view format() const override { return "xlsx"; }
  std::string_view content_type() const override {
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  }
  std::string_view filename() const override { return "report.xlsx"; }
  std::string fingerprint() const override;

  // Errors: INTERNAL, reason RENDER_FAILED: the library refused.
  absl::StatusOr<std::string> Render(const ReportModel& model) const override;
};

}  // namespace welfare::report
