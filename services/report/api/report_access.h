// Which reports a caller may read: those of the surveys it is granted.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/store/report_store.h"

namespace welfare::report {

// Whether the caller is manager or reviewer of the report's survey.
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

}  // namespace welfare::report
