// Reads of mergers, splits and renames, and of where they put a municipality.
#pragma once

#include "absl/status/status.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/platform/rpc/call_context.h"
#include "services/registry/api/read_version.h"

namespace welfare::registry {

// Answers from the history in memory; errors as in the proto. Any thread may
// call it.
class LineageReader {
 public:
  // `versions` must outlive the reader.
  explicit LineageReader(const ReadVersions& versions) : versions_(versions) {}

  absl::Status ListLineageEvents(const platform::CallContext& call,
                                 const v1::ListLineageEventsRequest& request,
                                 v1::ListLineageEventsResponse& response) const;
  absl::Status ListBoundaryMappings(
      const platform::CallContext& call,
      const v1::ListBoundaryMappingsRequest& request,
      v1::ListBoundaryMappingsResponse& response) const;

 private:
  const ReadVersions& versions_;
};

}  // namespace welfare::registry
