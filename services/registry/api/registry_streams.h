// The stream of changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/platform/storage/incarnation.h"
#include "services/registry/store/live_history.h"

namespace welfare::registry {

// The resource name of the one version there is.
inline constexpr std::string_view kRegistryResource = "registry";

// Streams what the history holds. Any thread may call it.
class RegistryStreams {
 public:
  // `live` must outlive the streams.
  RegistryStreams(const LiveHistory& live,
                  const platform::Incarnation& incarnation)
      : live_(live), store_(incarnation) {}

  // Sends one message; an error ends the stream.
  template <typename Message>
  using Send = std::function<absl::Status(const Message&)>;

  // Sends every change after `sent`, as the bytes of messages of at most
  // kChangesPerMessage changes, and moves `sent` to the head. `first`: nothing
  // has been sent yet. A stream that ends there has a last word at least.
  //
  // Errors: as in the proto; those of `send`.
  absl::Status StreamChanges(const v1::StreamChangesRequest& request,
                             bool first, std::int64_t& sent,
                             const Send<std::string>& send) const;

  static constexpr std::size_t kChangesPerMessage = 1000;

 private:
  const LiveHistory& live_;
  const platform::Incarnation store_;
};

}  // namespace welfare::registry
