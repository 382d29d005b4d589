#include "services/report/api/report_access.h"

#include "services/base/error.h"
#include "services/report/errors.h"

namespace welfare::report {

bool MayRead(const platform::CallContext& call, const StoredReport& report) {
  const access::Identity& who = call.identity;
  return who.is_local() || who.Holds(access::Role::kManager, report.survey) ||
         who.Holds(access::Role::kReviewer, report.survey);
}

absl::StatusOr<StoredReport> FindReport(const platform::CallContext& call,
                                        ReportStore& store,
                                        const std::string& name) {
  WELFARE_ASSIGN_OR_RETURN(StoredReport report, store.Get(name, call.limits));
  if (!MayRead(call, report)) return ReportNotFound(name);
  return report;
}

}  // namespace welfare::report
