// Which reports a caller may read: those of the surveys it is granted, and what
// is published to it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/store/report_store.h"

namespace welfare::report {

// Whether the caller is manager or reviewer of the report's survey.
bool IsOfStaff(const platform::CallContext& call, const StoredReport& report);

// Whether it is, or the report was published to it. What was withdrawn is shown
// still, so that whoever has it learns so, but not its files.
bool MayRead(const platform::CallContext& call, const StoredReport& report);

// By which grants the caller reads reports: equal texts read the same of them.
std::string ReadableBy(const platform::CallContext& call);

// Returns a report that the caller may read. Another is answered as one that is
// not there, for its name says nothing of its survey.
//
// Errors: NOT_FOUND, REPORT_NOT_FOUND; those of ReportStore::Get.
absl::StatusOr<StoredReport> FindReport(const platform::CallContext& call,
                                        ReportStore& store,
                                        const std::string& name);

// Returns a report whose files the caller may read.
//
// Errors: as FindReport; FAILED_PRECONDITION, REPORT_WITHDRAWN: it was taken
//   back, and the caller is not of its staff.
absl::StatusOr<StoredReport> FindWithFiles(const platform::CallContext& call,
                                           ReportStore& store,
                                           const std::string& name);

// Returns a report that the caller may have rendered again.
//
// Errors: as FindReport; PERMISSION_DENIED, ACCESS_DENIED: it is published to
//   the caller, who is not of its staff.
absl::StatusOr<StoredReport> FindToVerify(const platform::CallContext& call,
                                          ReportStore& store,
                                          const std::string& name);

// Returns a report that the caller may publish or withdraw.
//
// Errors: as FindReport; PERMISSION_DENIED, ACCESS_DENIED: it is published to
//   the caller, who is no manager of its survey.
absl::StatusOr<StoredReport> FindToPublish(const platform::CallContext& call,
                                           ReportStore& store,
                                           const std::string& name);

}  // namespace welfare::report
