#include "services/registry/api/registry_reader.h"

#include "services/base/error.h"
#include "services/registry/api/convert.h"
#include "services/registry/history/state_digest.h"

namespace welfare::registry {

RegistryReader::RegistryReader(LiveHistory& live,
                               const platform::Incarnation& incarnation,
                               const ProgramCatalog& catalog,
                               const base::Clock& clock,
                               platform::Cache& replies)
    : versions_(live, incarnation, clock, catalog.digest()),
      municipalities_(versions_, catalog, replies),
      programs_(versions_, catalog),
      rosters_(versions_, catalog, replies),
      lineage_(versions_) {}

absl::Status RegistryReader::GetRegistryState(
    const platform::CallContext& call,
    const v1::GetRegistryStateRequest& request,
    v1::RegistryState& response) const {
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  response = ToProto(ComputeState(pin.view()));
  response.set_incarnation(versions_.incarnation());
  response.set_version(pin.version);
  if (pin.version > 0) {
    *response.mutable_record_time() =
        ToProto(pin.history->commit(pin.version).recorded_time);
  }
  return absl::OkStatus();
}

}  // namespace welfare::registry
