// Imports of files: each batch checked, planned on the current state and stored
// in one transaction, then shown to readers.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

#include "services/base/time/clock.h"
#include "services/platform/cache/shared_bytes.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/call_context.h"
#include "services/registry/files/import_file.h"
#include "services/registry/files/municipality_file.h"
#include "services/registry/files/status_file.h"
#include "services/registry/program/program.h"
#include "services/registry/store/history_writer.h"
#include "services/registry/store/live_history.h"

namespace welfare::registry {

// The imports of the API as plain functions; errors as in the proto. They block
// on the database. Any thread may call it.
//
// Invariants: as HistoryWriter.
class ImportWriter {
 public:
  // All must outlive this one.
  ImportWriter(HistoryWriter& history, const LiveHistory& live,
               const ProgramCatalog& catalog, const base::Clock& clock,
               platform::MetricsRegistry& metrics);

  // One batch of a file. `file` holds what its batches before it left; `alone`:
  // the batch is a file of its own.
  absl::Status ImportMunicipalities(
      const platform::CallContext& call,
      const v1::ImportMunicipalitiesRequest& request,
      ImportFile<MunicipalityRow>& file, bool alone,
      platform::SharedBytes& reply);
  absl::Status ImportStatusRecords(
      const platform::CallContext& call,
      const v1::ImportStatusRecordsRequest& request,
      ImportFile<StatusRow>& file, bool alone, platform::SharedBytes& reply);

 private:
  // Counts of one kind of file by outcome.
  struct RowCounters {
    platform::Counter& created;
    platform::Counter& updated;
    platform::Counter& unchanged;
    platform::Counter& deleted;
    platform::Counter& rejected;
    platform::Gauge& last_success;
  };
  static RowCounters MakeCounters(platform::MetricsRegistry& metrics,
                                  const std::string& file);

  // Lets a dry run of status records begin where municipalities imported
  // before would leave the registry.
  absl::Status PlanBefore(const v1::ImportStatusRecordsRequest& request,
                          const std::string& reason,
                          ImportFile<StatusRow>& file);

  // The common part of both imports.
  template <typename Request, typename Row, typename Parse, typename Plan>
  absl::Status Import(const platform::CallContext& call, const Request& request,
                      std::string_view method, std::string_view resource,
                      ImportFile<Row>& file, bool alone, const Parse& parse,
                      const Plan& plan, RowCounters& counters,
                      platform::SharedBytes& reply);

  HistoryWriter& history_;
  const LiveHistory& live_;
  const ProgramCatalog& catalog_;
  const base::Clock& clock_;
  RowCounters municipality_rows_;
  RowCounters status_rows_;
};

}  // namespace welfare::registry
