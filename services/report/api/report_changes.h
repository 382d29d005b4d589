// What changed from one stored report to another.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/cache/cache.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/model/errata/facts.h"
#include "services/report/snapshot/change.h"
#include "services/report/store/report_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// A report as it is compared.
struct ComparedReport {
  std::vector<PrintedCell> cells;
  ReportFacts facts;  // empty: not known
};

// Returns the tables of a stored report and what it was made of.
//
// Errors: those of ReportStore and of ReadCsvArchive; NOT_FOUND, reason
//   REPORT_NOT_FOUND: it has no tables.
absl::StatusOr<ComparedReport> ReadCompared(const platform::CallContext& call,
                                            ReportStore& store,
                                            const StoredReport& report);

// ListReportChanges. What changed between two reports is read and compared once
// and kept in `cache`, for the pages that follow. `incarnation`: the store's, to
// which tokens are bound.
//
// Errors: as in the proto.
absl::Status ListChanges(const platform::CallContext& call, ReportStore& store,
                         platform::Cache& cache, const std::string& incarnation,
                         const v1::ListReportChangesRequest& request,
                         v1::ListReportChangesResponse& response);

}  // namespace welfare::report
