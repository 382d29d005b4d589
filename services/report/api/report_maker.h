// From a request to a stored report.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/write_path.h"
#include "services/report/peers/answers_source.h"
#include "services/report/peers/snapshot_source.h"
#include "services/report/render/pdf/print_font.h"
#include "services/report/render/renderer.h"
#include "services/report/sheets/book.h"
#include "services/report/shelf/excerpt_collector.h"
#include "services/report/shelf/template_shelf.h"
#include "services/report/store/report_store.h"
#include "services/report/template/template.h"

namespace welfare::report {

using Renderers = std::vector<std::unique_ptr<Renderer>>;

// What CreateReport was asked for, checked for form.
struct ReportRequest {
  std::string template_id;
  std::string template_digest;  // empty: that of the round
  base::RoundName round;
  Basis basis = Basis::kProvisional;
  std::int64_t data_version = 0;
  std::optional<std::int64_t> previous_data_version = std::nullopt;
  std::string data_incarnation;
  Edition edition = Edition::kProvisional;
  std::string corrects;           // name of a report; of a correction only
  std::string correction_reason;  // of a correction only
  Audience audience = Audience::kEverybody;
};

// More is not what a round holds.
inline constexpr std::size_t kMostSnapshotBytes = std::size_t{16} << 20;

// All of their fingerprints.
std::string FingerprintOf(const Renderers& renderers);

// Takes a snapshot, fills the template, renders every format and stores the
// files. Any thread may call it.
class ReportMaker {
 public:
  struct Dependencies {
    TemplateShelf& templates;
    const Renderers& renderers;
    SnapshotSource& source;
    ExcerptCollector& excerpts;
    AnswersSource& answers;
    PrintFont font;
    ReportStore& store;
    platform::MetricsRegistry& metrics;
    std::size_t most_snapshot_bytes = kMostSnapshotBytes;
  };
  // All must outlive the maker.
  explicit ReportMaker(const Dependencies& dependencies);

  // `write`: what the report is stored by.
  //
  // Errors:
  //   Those of TemplateShelf::Take.
  //   INVALID_ARGUMENT, reason REPORT_INVALID: the template is of another
  //     survey; REQUEST_ID_REUSED.
  //   NOT_FOUND, reason REPORT_NOT_FOUND; FAILED_PRECONDITION, reason
  //     CORRECTS_NOT_FINAL: of what is to be corrected.
  //   FAILED_PRECONDITION, reason RESPONSE_RATE_LOW, SUBMISSIONS_NOT_ACCEPTED,
  //     WORDING_UNFIT, SNAPSHOT_TOO_LARGE, EXCERPT_NOT_RELEASED.
  //   Those of SnapshotSource::Take, Renderer::Render and ReportStore.
  absl::StatusOr<StoredReport> Make(const platform::CallContext& call,
                                    const ReportRequest& request,
                                    const platform::WriteRequest& write);

  // Fills a template for a round as it is now, keeps nothing of it, and returns
  // what has no room on its sheets. Whether words fit their figures is not
  // looked at: these change until the end.
  //
  // Errors: those of SnapshotSource::Take; FAILED_PRECONDITION, reason
  //   GLYPH_MISSING.
  absl::StatusOr<std::vector<SheetFault>> Try(
      const platform::CallContext& call, const ReportTemplate& report_template,
      const base::RoundName& round);

 private:
  // Prints the excerpts that a template shows into `snapshot`, and returns them.
  absl::StatusOr<std::vector<Excerpt>> TakeExcerpts(
      const platform::CallContext& call, const ReportTemplate& report_template,
      const base::RoundName& round, Snapshot& snapshot);
  // Names who answered what, as far as the levels of the questions allow.
  absl::Status AddNamed(const platform::CallContext& call,
                        const base::RoundName& round, Snapshot& snapshot);

  TemplateShelf& templates_;
  const Renderers& renderers_;
  SnapshotSource& source_;
  ExcerptCollector& excerpts_;
  AnswersSource& answers_;
  const PrintFont font_;
  ReportStore& store_;
  std::string fingerprint_;
  std::size_t most_snapshot_bytes_;
  // welfare_report_render_seconds{format}, in the order of the renderers.
  std::vector<platform::Histogram*> seconds_;
};

// Every format a report is rendered in.
Renderers AllRenderers(PrintFont font);

}  // namespace welfare::report
