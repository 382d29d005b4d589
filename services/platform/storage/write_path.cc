#include "services/platform/storage/write_path.h"

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
  base::JsonObject whole = detail;
  if (!request_.authentication.empty()) {
    whole.Add("authentication", request_.authentication);
  }
  absl::Status kept =
      AppendAudit(transaction_, {.recorded_time = time,
                                 .actor = request_.actor,
                                 .action = request_.key.method,
                                 .resource = std::string(resource),
                                 .request_id = request_.key.request_id,
                                 .detail = whole.Text()})
          .status();
  audit_failed_ = audit_failed_ || !kept.ok();
  return kept;
}

absl::StatusOr<WritePath::Outcome> WritePath::Run(
    const WriteRequest& request,
    const std::function<absl::StatusOr<std::string>(Write&)>& change) const {
  bool ran = false;
  absl::StatusOr<std::string> reply = options_.database.Write(
      request.limits,
      [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        ran = false;
        Write write(transaction, request, options_.clock.Now());
        return RunOnce(transaction, request.key, write.time(),
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
