// Reads of municipalities: one, several, all of a year, and what was recorded
// about one.
#pragma once

#include "absl/status/status.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/platform/cache/cache.h"
#include "services/platform/cache/shared_bytes.h"
#include "services/platform/rpc/call_context.h"
#include "services/registry/api/read_version.h"
#include "services/registry/program/program.h"

namespace welfare::registry {

// Answers from the history in memory; errors as in the proto. Any thread may
// call it.
class MunicipalityReader {
 public:
  // All must outlive the reader. `replies` keeps serialised replies under keys
  // that contain the version they speak for, and whose it is; it must not
  // block.
  MunicipalityReader(const ReadVersions& versions,
                     const ProgramCatalog& catalog, platform::Cache& replies)
      : versions_(versions), catalog_(catalog), replies_(replies) {}

  // Answers with the bytes of the reply, most often from `replies`. Blocks only
  // where ReadVersions::Blocks says so.
  absl::Status GetMunicipality(const platform::CallContext& call,
                               const v1::GetMunicipalityRequest& request,
                               platform::SharedBytes& reply) const;

  absl::Status BatchGetMunicipalities(
      const platform::CallContext& call,
      const v1::BatchGetMunicipalitiesRequest& request,
      v1::BatchGetMunicipalitiesResponse& response) const;
  absl::Status ListMunicipalities(
      const platform::CallContext& call,
      const v1::ListMunicipalitiesRequest& request,
      v1::ListMunicipalitiesResponse& response) const;
  absl::Status ResolveMunicipality(
      const platform::CallContext& call,
      const v1::ResolveMunicipalityRequest& request,
      v1::Municipality& response) const;
  absl::Status ListHistory(const platform::CallContext& call,
                           const v1::ListHistoryRequest& request,
                           v1::ListHistoryResponse& response) const;

 private:
  const ReadVersions& versions_;
  const ProgramCatalog& catalog_;
  platform::Cache& replies_;
};

}  // namespace welfare::registry
