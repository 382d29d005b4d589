// Every change of the registry but imports: checked, planned on the current
// state and stored in one transaction, then shown to readers.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/empty.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/base/time/clock.h"
#include "services/platform/rpc/call_context.h"
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

// What the store is asked for by `message`.
WriteRequest MakeWriteRequest(const platform::CallContext& call,
                              const google::protobuf::MessageLite& message,
                              std::string_view request_id,
                              std::string_view method,
                              std::string_view resource);

// The writes of the API as plain functions, but for imports; errors as in the
// proto. They block on the database. Any thread may call it.
//
// Invariants: a write that returned OK is stored, and readers of this process
//   see it.
class RegistryWriter {
 public:
  // All must outlive the writer.
  RegistryWriter(RegistryStore& store, LiveHistory& live,
                 const ProgramCatalog& catalog, const base::Clock& clock);

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

  // Plans on the head alone when `validate_only`, else stores; for imports,
  // which are planned apart. Returns the reply's bytes.
  absl::StatusOr<std::string> Run(const WriteRequest& request,
                                  bool validate_only, const PlanWrite& plan);

 private:
  // The common part of the writes of one thing: `plan` changes the draft and
  // returns the reply and what the audit log says.
  template <typename Response>
  absl::Status Change(const WriteRequest& request, bool validate_only,
                      const std::function<absl::StatusOr<PlannedReply>(
                          Draft& draft, const WriteContext& context)>& plan,
                      Response& response);

  RegistryStore& store_;
  LiveHistory& live_;
  const ProgramCatalog& catalog_;
  const base::Clock& clock_;
};

}  // namespace welfare::registry
