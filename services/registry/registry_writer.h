// Every change of the registry: checked, planned on the current state and
// stored in one transaction, then shown to readers.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

#include "services/base/clock.h"
#include "services/platform/call_context.h"
#include "services/platform/metrics.h"
#include "services/registry/csv_import.h"
#include "services/registry/live_history.h"
#include "services/registry/registry_store.h"

namespace welfare::registry {

namespace v1 = ::welfare::registry::v1;

// The writes of the API as plain functions; errors as in the proto. They block
// on the database. Any thread may call it.
//
// Invariants: a write that returned OK is stored, and readers of this process
//   see it.
class RegistryWriter {
 public:
  // All must outlive the writer.
  RegistryWriter(RegistryStore& store, LiveHistory& live,
                 const base::Clock& clock, platform::MetricsRegistry& metrics);

  absl::Status RecordStatus(const platform::CallContext& call,
                            const v1::RecordStatusRequest& request,
                            v1::StatusRecord& response);

  // One batch. Good records are written together, the others are refused.
  // `seen` holds the keys of the file's batches before this one.
  absl::Status ImportMunicipalities(
      const platform::CallContext& call,
      const v1::ImportMunicipalitiesRequest& request, SeenRecords& seen,
      type::v1::ImportResult& response);
  absl::Status ImportStatusRecords(
      const platform::CallContext& call,
      const v1::ImportStatusRecordsRequest& request, SeenRecords& seen,
      type::v1::ImportResult& response);

 private:
  // Counts of one kind of file by outcome.
  struct RowCounters {
    platform::Counter& created;
    platform::Counter& updated;
    platform::Counter& unchanged;
    platform::Counter& rejected;
  };
  static RowCounters MakeCounters(platform::MetricsRegistry& metrics,
                                  const std::string& file);

  // Plans on the head alone when `validate_only`, else stores. Returns the
  // reply's bytes.
  absl::StatusOr<std::string> Run(WriteRequest request, bool validate_only,
                                  const PlanWrite& plan);

  // The common part of both imports: `plan` says what the parsed batch does.
  absl::Status Import(const platform::CallContext& call, WriteRequest request,
                      const type::v1::CsvBatch& batch, bool validate_only,
                      const std::function<ImportPlan(const History&)>& plan,
                      RowCounters& counters, type::v1::ImportResult& response);

  RegistryStore& store_;
  LiveHistory& live_;
  const base::Clock& clock_;
  RowCounters municipality_rows_;
  RowCounters status_rows_;
};

}  // namespace welfare::registry
