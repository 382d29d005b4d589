// Reads of what the status records of a programme add up to: the roster of a
// year, and all years side by side.
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
class RosterReader {
 public:
  // All must outlive the reader. `replies` as in MunicipalityReader.
  RosterReader(const ReadVersions& versions, const ProgramCatalog& catalog,
               platform::Cache& replies)
      : versions_(versions), catalog_(catalog), replies_(replies) {}

  // Answers with the bytes of the reply, most often from `replies`. Blocks only
  // where ReadVersions::Blocks says so.
  absl::Status GetRoster(const platform::CallContext& call,
                         const v1::GetRosterRequest& request,
                         platform::SharedBytes& reply) const;

  absl::Status GetProgramTimeline(const platform::CallContext& call,
                                  const v1::GetProgramTimelineRequest& request,
                                  v1::ProgramTimeline& response) const;

 private:
  const ReadVersions& versions_;
  const ProgramCatalog& catalog_;
  platform::Cache& replies_;
};

}  // namespace welfare::registry
