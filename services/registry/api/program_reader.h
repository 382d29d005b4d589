// Reads of programmes and of the status records made about them.
#pragma once

#include "absl/status/status.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/platform/rpc/call_context.h"
#include "services/registry/api/read_version.h"
#include "services/registry/program/program.h"

namespace welfare::registry {

// Answers from the history in memory; errors as in the proto. Any thread may
// call it.
class ProgramReader {
 public:
  // Both must outlive the reader.
  ProgramReader(const ReadVersions& versions, const ProgramCatalog& catalog)
      : versions_(versions), catalog_(catalog) {}

  absl::Status GetProgram(const platform::CallContext& call,
                          const v1::GetProgramRequest& request,
                          v1::Program& response) const;
  absl::Status ListPrograms(const platform::CallContext& call,
                            const v1::ListProgramsRequest& request,
                            v1::ListProgramsResponse& response) const;
  absl::Status ListStatusRecords(const platform::CallContext& call,
                                 const v1::ListStatusRecordsRequest& request,
                                 v1::ListStatusRecordsResponse& response) const;

 private:
  const ReadVersions& versions_;
  const ProgramCatalog& catalog_;
};

}  // namespace welfare::registry
