#include "tools/welfarectl/commands/audit/audited_services.h"

namespace welfare::ctl {

CallStatus ReadHead(Session& session, const AuditedService& service,
                    std::int64_t size, type::v1::AuditHead& head) {
  type::v1::GetAuditHeadRequest request;
  if (size >= 0) request.set_size(size);
  return TryCall(session, service.full_name, request, head);
}

CallStatus ReadRecords(
    Session& session, const AuditedService& service, std::int64_t first,
    const std::function<bool(const type::v1::AuditRecord&)>& take) {
  type::v1::ListAuditRecordsRequest request;
  request.set_first_sequence(first);
  request.set_page_size(kPageSize);
  do {
    type::v1::ListAuditRecordsResponse page;
    CallStatus status = TryCall(session, service.full_name, request, page);
    if (!status.ok()) return status;
    for (const type::v1::AuditRecord& record : page.records()) {
      if (!take(record)) return {};
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return {};
}

}  // namespace welfare::ctl
