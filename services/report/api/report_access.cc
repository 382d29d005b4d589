#include "services/report/api/report_access.h"

#include "services/base/error.h"
#include "services/report/errors.h"

namespace welfare::report {

bool MayRead(const platform::CallContext& call, const StoredReport& report) {
  const access::Identity& who = call.identity;
  return who.is_local() || who.Holds(access::Role::kManager, report.survey) ||
         who.Holds(access::Role::kReviewer, report.survey);
}

std::string ReadableBy(const platform::CallContext& call) {
  const access::Identity& who = call.identity;
  if (who.is_local()) return "local";
  std::string grants;
  for (const access::Grant& grant : who.grants()) {
    if (grant.role != access::Role::kManager &&
        grant.role != access::Role::kReviewer) {
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

}  // namespace welfare::report
