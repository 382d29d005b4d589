#include "services/report/api/report_verifier.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/report/api/report_access.h"
#include "services/report/errors.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/snapshot/canonical.h"

namespace welfare::report {
namespace {

// What a report was rendered from, read.
struct RenderedFrom {
  ReportModel model;
  std::string fingerprint;
};

absl::StatusOr<RenderedFrom> ReadSnapshot(const StoredReport& report,
                                          const StoredSnapshot& stored) {
  const std::string name = report.Name();
  if (base::Sha256Hex(stored.content) != report.snapshot_id) {
    return SnapshotUnreadable(name, "the snapshot is not what was stored");
  }
  const std::optional<CanonicalSnapshot> read = ReadCanonical(stored.content);
  if (!read.has_value()) {
    return SnapshotUnreadable(name, "the snapshot is of another form");
  }
  const Snapshot& snapshot = read->snapshot;
  if (base::Sha256Hex(stored.template_text) != snapshot.template_digest) {
    return SnapshotUnreadable(name, "the template is not what was stored");
  }
  const absl::StatusOr<ReportTemplate> report_template =
      ReadTemplate(report.template_id, stored.template_text);
  if (!report_template.ok()) {
    return SnapshotUnreadable(name, "the template is of another form");
  }
  return RenderedFrom{
      .model = BuildReport(*report_template, snapshot, report.snapshot_id),
      .fingerprint = read->renderer_fingerprint};
}

}  // namespace

ReportVerifier::ReportVerifier(const Renderers& renderers, ReportStore& store)
    : renderers_(renderers),
      store_(store),
      fingerprint_(FingerprintOf(renderers)) {}

absl::Status ReportVerifier::Verify(const platform::CallContext& call,
                                    const v1::VerifyReportRequest& request,
                                    v1::VerifyReportResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           FindToVerify(call, store_, request.name()));
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<StoredSnapshot> stored,
      store_.FindSnapshot(report.Name(), call.limits));
  if (!stored.has_value()) return SnapshotMissing(report.Name());
  WELFARE_ASSIGN_OR_RETURN(const RenderedFrom from,
                           ReadSnapshot(report, *stored));
  response.set_snapshot(report.snapshot_id);
  response.set_same_renderers(from.fingerprint == fingerprint_);
  for (const ReportFile& file : report.files) {
    v1::VerifiedFile& verified = *response.add_files();
    verified.set_format(file.format);
    verified.set_digest(file.digest);
    WELFARE_ASSIGN_OR_RETURN(
        const std::string bytes,
        store_.ReadBytes(file.digest, 0, file.size + 1, call.limits));
    verified.set_stored_digest(base::Sha256Hex(bytes));
    const auto renderer =
        std::ranges::find_if(renderers_, [&file](const auto& one) {
          return one->format() == file.format;
        });
    if (renderer != renderers_.end()) {
      WELFARE_ASSIGN_OR_RETURN(const std::string rendered,
                               (*renderer)->Render(from.model));
      verified.set_rendered_digest(base::Sha256Hex(rendered));
    }
    verified.set_verdict(
        verified.stored_digest() != file.digest
            ? v1::VerifiedFile::VERDICT_DAMAGED
        : verified.rendered_digest() != file.digest
            ? v1::VerifiedFile::VERDICT_DIFFERENT
            : v1::VerifiedFile::VERDICT_EQUAL);
  }
  return absl::OkStatus();
}

}  // namespace welfare::report
