// The interface every output format implements; AllRenderers lists them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/report/model/report_model.h"

namespace welfare::report {

// Turns a model into the bytes of one format. Pure: equal models give equal
// bytes on any thread, in any time zone, on any day. Any thread may call it.
class Renderer {
 public:
  virtual ~Renderer() = default;

  // `html`, `csv`: the name callers ask for.
  virtual std::string_view format() const = 0;
  virtual std::string_view content_type() const = 0;
  // Name of the file without the mark of synthetic data: `report.html`.
  virtual std::string_view filename() const = 0;
  // Changes whenever equal models would give other bytes: a number of our own
  // and the versions of libraries and fonts that shape the bytes.
  virtual std::string fingerprint() const = 0;

  // Errors: INTERNAL, reason RENDER_FAILED: a library refused.
  virtual absl::StatusOr<std::string> Render(
      const ReportModel& model) const = 0;
};

}  // namespace welfare::report
