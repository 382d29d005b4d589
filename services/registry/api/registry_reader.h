// Every read of the API, by resource, and that of the registry itself.
#pragma once

#include "absl/status/status.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/base/time/clock.h"
#include "services/platform/cache/cache.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/registry/api/lineage_reader.h"
#include "services/registry/api/municipality_reader.h"
#include "services/registry/api/program_reader.h"
#include "services/registry/api/read_version.h"
#include "services/registry/api/roster_reader.h"
#include "services/registry/program/program.h"
#include "services/registry/store/live_history.h"

namespace welfare::registry {

// The readers, which share what they read. Any thread may call them.
class RegistryReader {
 public:
  // All must outlive the reader; `replies` as in MunicipalityReader.
  RegistryReader(LiveHistory& live, const platform::Incarnation& incarnation,
                 const ProgramCatalog& catalog, const base::Clock& clock,
                 platform::Cache& replies);
  RegistryReader(const RegistryReader&) = delete;
  RegistryReader& operator=(const RegistryReader&) = delete;

  const ReadVersions& versions() const { return versions_; }
  const MunicipalityReader& municipalities() const { return municipalities_; }
  const ProgramReader& programs() const { return programs_; }
  const RosterReader& rosters() const { return rosters_; }
  const LineageReader& lineage() const { return lineage_; }

  // Errors as in the proto.
  absl::Status GetRegistryState(const platform::CallContext& call,
                                const v1::GetRegistryStateRequest& request,
                                v1::RegistryState& response) const;

 private:
  const ReadVersions versions_;
  const MunicipalityReader municipalities_;
  const ProgramReader programs_;
  const RosterReader rosters_;
  const LineageReader lineage_;
};

}  // namespace welfare::registry
