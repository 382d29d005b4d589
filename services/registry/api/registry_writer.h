// Every change of the registry: checked, planned on the current state and
// stored in one transaction, then shown to readers.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/empty.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

#include "services/base/time/clock.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/call_context.h"
#include "services/registry/files/import_file.h"
#include "services/registry/files/municipality_file.h"
#include "services/registry/files/status_file.h"
#include "services/registry/history/draft.h"
#include "services/registry/program/program.h"
#include "services/registry/store/live_history.h"
#include "services/registry/store/registry_store.h"

namespace welfare::registry {

// What a write answers, and what the audit log says of it.
struct PlannedReply {
  std::string reply;  // bytes of the response message
  std::string audit_detail;
};

// The writes of the API as plain functions; errors as in the proto. They block
// on the database. Any thread may call it.
//
// Invariants: a write that returned OK is stored, and readers of this process
//   see it.
class RegistryWriter {
 public:
  // All must outlive the writer.
  RegistryWriter(RegistryStore& store, LiveHistory& live,
                 const ProgramCatalog& catalog, const base::Clock& clock,
                 platform::MetricsRegistry& metrics);

  absl::Status CreateMunicipality(const platform::CallContext& call,
                                  const v1::CreateMunicipalityRequest& request,
                                  v1::Municipality& response);
  absl::Status UpdateMunicipality(const platform::CallContext& call,
                                  const v1::UpdateMunicipalityRequest& request,
                                  v1::Municipality& response);
  absl::Status DeleteMunicipality(const platform::CallContext& call,
                                  const v1::DeleteMunicipalityRequest& request,
                                  google::protobuf::Empty& response);
  absl::Status RecordStatus(const platform::CallContext& call,
                            const v1::RecordStatusRequest& request,
                            v1::StatusRecord& response);
  absl::Status RetractStatus(const platform::CallContext& call,
                             const v1::RetractStatusRequest& request,
                             v1::StatusRecord& response);
  absl::Status RetractLineageEvent(
      const platform::CallContext& call,
      const v1::RetractLineageEventRequest& request,
      v1::LineageEvent& response);
  absl::Status CreateLineageEvent(const platform::CallContext& call,
                                  const v1::CreateLineageEventRequest& request,
                                  v1::LineageEvent& response);

  // One batch of a file. `file` holds what its batches before it left; `alone`:
  // the batch is a file of its own.
  absl::Status ImportMunicipalities(
      const platform::CallContext& call,
      const v1::ImportMunicipalitiesRequest& request,
      ImportFile<MunicipalityRow>& file, bool alone,
      type::v1::ImportResult& response);
  absl::Status ImportStatusRecords(
      const platform::CallContext& call,
      const v1::ImportStatusRecordsRequest& request,
      ImportFile<StatusRow>& file, bool alone,
      type::v1::ImportResult& response);

 private:
  // Counts of one kind of file by outcome.
  struct RowCounters {
    platform::Counter& created;
    platform::Counter& updated;
    platform::Counter& unchanged;
    platform::Counter& deleted;
    platform::Counter& rejected;
  };
  static RowCounters MakeCounters(platform::MetricsRegistry& metrics,
                                  const std::string& file);

  // Plans on the head alone when `validate_only`, else stores. Returns the
  // reply's bytes.
  absl::StatusOr<std::string> Run(const WriteRequest& request,
                                  bool validate_only, const PlanWrite& plan);

  // The common part of the writes of one thing: `plan` changes the draft and
  // returns the reply and what the audit log says.
  template <typename Response>
  absl::Status Change(const WriteRequest& request, bool validate_only,
                      const std::function<absl::StatusOr<PlannedReply>(
                          Draft& draft, const WriteContext& context)>& plan,
                      Response& response);

  // The common part of both imports.
  template <typename Request, typename Row, typename Parse, typename Plan>
  absl::Status Import(const platform::CallContext& call, const Request& request,
                      std::string_view method, std::string_view resource,
                      ImportFile<Row>& file, bool alone, const Parse& parse,
                      const Plan& plan, RowCounters& counters,
                      type::v1::ImportResult& response);

  RegistryStore& store_;
  LiveHistory& live_;
  const ProgramCatalog& catalog_;
  const base::Clock& clock_;
  RowCounters municipality_rows_;
  RowCounters status_rows_;
};

}  // namespace welfare::registry
