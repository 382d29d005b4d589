// HTML: one self-contained file without scripts or outside resources.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/report/render/renderer.h"

namespace welfare::report {

// Prints one section per page, A4 landscape, headings in order, every table
// with a caption and scoped headers, every chart beside its table. Stateless.
class HtmlRenderer final : public Renderer {
 public:
  std::string_view format() const override { return "html"; }
  std::string_view content_type() const override {
    return "text/html; charset=utf-8";
  }
  std::string_view filename() const override { return "report.html"; }
  std::string fingerprint() const override { return "html 6"; }
  absl::StatusOr<std::string> Render(const ReportModel& model) const override;
};

}  // namespace welfare::report
