// Every change of the registry but imports: checked, planned on the current
// state and stored in one transaction, then shown to readers.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/platform/cache/shared_bytes.h"
#include "services/platform/rpc/call_context.h"
#include "services/registry/history/draft.h"
#include "services/registry/program/program.h"
#include "services/registry/store/history_writer.h"

namespace welfare::registry {

// The writes of the API as plain functions, but for imports; errors as in the
// proto. A reply is the bytes that are stored with the change, so that a repeat
// gets the same. They block on the database. Any thread may call it.
//
// Invariants: as HistoryWriter.
class RegistryWriter {
 public:
  // Both must outlive the writer.
  RegistryWriter(HistoryWriter& history, const ProgramCatalog& catalog)
      : history_(history), catalog_(catalog) {}

  absl::Status CreateMunicipality(const platform::CallContext& call,
                                  const v1::CreateMunicipalityRequest& request,
                                  platform::SharedBytes& reply);
  absl::Status UpdateMunicipality(const platform::CallContext& call,
                                  const v1::UpdateMunicipalityRequest& request,
                                  platform::SharedBytes& reply);
  absl::Status DeleteMunicipality(const platform::CallContext& call,
                                  const v1::DeleteMunicipalityRequest& request,
                                  platform::SharedBytes& reply);
  absl::Status RecordStatus(const platform::CallContext& call,
                            const v1::RecordStatusRequest& request,
                            platform::SharedBytes& reply);
  absl::Status RetractStatus(const platform::CallContext& call,
                             const v1::RetractStatusRequest& request,
                             platform::SharedBytes& reply);
  absl::Status CreateLineageEvent(const platform::CallContext& call,
                                  const v1::CreateLineageEventRequest& request,
                                  platform::SharedBytes& reply);
  absl::Status RetractLineageEvent(
      const platform::CallContext& call,
      const v1::RetractLineageEventRequest& request,
      platform::SharedBytes& reply);

 private:
  // Changes the draft, and says the rest of what the write does.
  using PlanChange = std::function<absl::StatusOr<WritePlan>(
      Draft& draft, const WriteContext& context)>;

  template <typename Request>
  absl::Status Change(const platform::CallContext& call, const Request& request,
                      const PlanChange& plan, platform::SharedBytes& reply);

  HistoryWriter& history_;
  const ProgramCatalog& catalog_;
};

}  // namespace welfare::registry
