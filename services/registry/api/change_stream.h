// The stream of changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/calls/stream_step.h"
#include "services/platform/storage/incarnation.h"
#include "services/registry/store/live_history.h"
#include "welfare/registry/v1/registry_service.pb.h"

namespace welfare::registry {

// The resource name of the one version there is.
inline constexpr std::string_view kRegistryResource = "registry";

// StreamChanges, message by message. Between two of them it keeps a position
// and nothing of the history. Used by one thread at a time.
class ChangeStream {
 public:
  // `live` and `store` outlive the object.
  ChangeStream(const LiveHistory& live, const platform::Incarnation& store,
               const v1::StreamChangesRequest& request)
      : live_(&live),
        store_(&store),
        data_incarnation_(request.data_incarnation()),
        follow_(request.follow()),
        sent_(request.after_version()) {}

  // Makes the next message of at most kChangesPerMessage changes, as bytes. A
  // stream that does not follow ends at the version that was current at its
  // beginning, and has one message at least.
  //
  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> Next(std::string& bytes);

  static constexpr std::size_t kChangesPerMessage = 1000;

 private:
  const LiveHistory* live_;
  const platform::Incarnation* store_;
  const std::string data_incarnation_;
  const bool follow_;
  std::int64_t sent_;      // the last version sent as a whole
  std::size_t at_ = 0;     // records sent of the one after it
  std::int64_t last_ = 0;  // the version to end at
  bool begun_ = false;
  bool complete_ = false;     // the last message has been made
  std::size_t expected_ = 0;  // bytes of a message
};

}  // namespace welfare::registry
