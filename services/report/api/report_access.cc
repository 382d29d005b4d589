#include "services/report/api/report_access.h"

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/report/errors.h"

namespace welfare::report {

bool IsOfStaff(const platform::CallContext& call, const StoredReport& report) {
  const access::Identity& who = call.identity;
  return who.is_local() || who.Holds(access::Role::kManager, report.survey) ||
         who.Holds(access::Role::kReviewer, report.survey);
}

bool MayRead(const platform::CallContext& call, const StoredReport& report) {
  if (IsOfStaff(call, report)) return true;
  switch (report.publication.level.value_or(PublishLevel::kInternal)) {
    case PublishLevel::kInternal:
      return false;
    case PublishLevel::kStakeholders:
      return call.identity.Holds(access::Role::kRespondent, report.survey);
    case PublishLevel::kAggregate:
    case PublishLevel::kPublic:
      return true;
  }
  return false;
}

std::string ReadableBy(const platform::CallContext& call) {
  const access::Identity& who = call.identity;
  if (who.is_local()) return "local";
  std::string grants;
  for (const access::Grant& grant : who.grants()) {
    if (grant.role != access::Role::kManager &&
        grant.role != access::Role::kReviewer &&
        grant.role != access::Role::kRespondent) {
      continue;
    }
    grants += grant.ToString() + " ";
  }
  return grants;
}

absl::StatusOr<StoredReport> FindReport(const platform::CallContext& call,
                                        ReportStore& store,
                                        const std::string& name) {
  WELFARE_ASSIGN_OR_RETURN(StoredReport report, store.Get(name, call.limits));
  if (!MayRead(call, report)) return ReportNotFound(name);
  return report;
}

absl::StatusOr<StoredReport> FindWithFiles(const platform::CallContext& call,
                                           ReportStore& store,
                                           const std::string& name) {
  WELFARE_ASSIGN_OR_RETURN(StoredReport report, FindReport(call, store, name));
  if (report.publication.state == ReportState::kWithdrawn &&
      !IsOfStaff(call, report)) {
    return ReportWithdrawn(name);
  }
  return report;
}

absl::StatusOr<StoredReport> FindToVerify(const platform::CallContext& call,
                                          ReportStore& store,
                                          const std::string& name) {
  WELFARE_ASSIGN_OR_RETURN(StoredReport report, FindReport(call, store, name));
  if (IsOfStaff(call, report)) return report;
  static constexpr access::Role kStaff[] = {access::Role::kManager,
                                            access::Role::kReviewer};
  return platform::AccessDenied(call.identity, kStaff, report.survey);
}

absl::StatusOr<StoredReport> FindToPublish(const platform::CallContext& call,
                                           ReportStore& store,
                                           const std::string& name) {
  WELFARE_ASSIGN_OR_RETURN(StoredReport report, FindReport(call, store, name));
  const access::Identity& who = call.identity;
  if (who.is_local() || who.Holds(access::Role::kManager, report.survey)) {
    return report;
  }
  static constexpr access::Role kPublishers[] = {access::Role::kManager};
  return platform::AccessDenied(who, kPublishers, report.survey);
}

}  // namespace welfare::report
