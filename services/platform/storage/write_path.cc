#include "services/platform/storage/write_path.h"

#include <vector>

#include "services/base/error.h"
#include "services/platform/storage/audit_log.h"

namespace welfare::platform {

absl::Status Write::Audit(std::string_view resource,
                          const base::JsonObject& detail) {
  return Audit(resource, detail, time_);
}

absl::Status Write::Audit(std::string_view resource,
                          const base::JsonObject& detail,
                          base::Timestamp time) {
  absl::Status kept =
      AppendAudit(transaction_, EntryOf(resource, detail, time)).status();
  audit_failed_ = audit_failed_ || !kept.ok();
  return kept;
}

absl::Status Write::AuditAll(std::span<const Audited> all) {
  std::vector<AuditEntry> entries;
  entries.reserve(all.size());
  for (const Audited& one : all) {
    entries.push_back(EntryOf(one.resource, one.detail, time_));
  }
  absl::Status kept = AppendAudits(transaction_, entries);
  audit_failed_ = audit_failed_ || !kept.ok();
  return kept;
}

AuditEntry Write::EntryOf(std::string_view resource,
                          const base::JsonObject& detail,
                          base::Timestamp time) const {
  base::JsonObject whole = detail;
  if (!request_.authentication.empty()) {
    whole.Add("authentication", request_.authentication);
  }
  return {.recorded_time = time,
          .actor = request_.actor,
          .action = request_.key.method,
          .resource = std::string(resource),
          .request_id = request_.key.request_id,
          .detail = whole.Text()};
}

absl::StatusOr<WritePath::Outcome> WritePath::Run(
    const WriteRequest& request,
    const std::function<absl::StatusOr<std::string>(Write&)>& change) const {
  bool ran = false;
  const RequestDigest digest = DigestOf(request.key);
  absl::StatusOr<std::string> reply = options_.database.Write(
      request.limits,
      [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        ran = false;
        Write write(transaction, request, options_.clock.Now());
        return RunOnce(transaction, digest, write.time(),
                       [&]() -> absl::StatusOr<std::string> {
                         absl::StatusOr<std::string> made = change(write);
                         if (write.audit_failed()) {
                           options_.database.OnAuditFailure(AuditKind::kChange);
                         }
                         ran = made.ok();
                         return made;
                       });
      });
  if (!reply.ok()) {
    if (ran) options_.undone();
    return reply.status();
  }
  return Outcome{.reply = *std::move(reply), .repeated = !ran};
}

}  // namespace welfare::platform
