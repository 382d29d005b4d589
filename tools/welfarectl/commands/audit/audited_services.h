// The services that keep an audit log, and what is asked of each.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/type/v1/audit.pb.h"

namespace welfare::ctl {

struct AuditedService {
  const char* name;       // as heads have it: `registry`
  const char* full_name;  // of the gRPC service
};

inline constexpr AuditedService kAuditedServices[] = {
    {"registry", "welfare.registry.v1.RegistryService"},
    {"survey", "welfare.survey.v1.SurveyService"},
    {"report", "welfare.report.v1.ReportService"},
};

// The head of the log when it had `size` records; below 0: of all.
CallStatus ReadHead(Session& session, const AuditedService& service,
                    std::int64_t size, type::v1::AuditHead& head);

// Reads the log from record `first` on, page by page, until `take` returns
// false or that was all.
CallStatus ReadRecords(
    Session& session, const AuditedService& service, std::int64_t first,
    const std::function<bool(const type::v1::AuditRecord&)>& take);

}  // namespace welfare::ctl
