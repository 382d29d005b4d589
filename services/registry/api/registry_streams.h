// The streams of the API that only read: changes and versions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

#include "services/platform/rpc/call_context.h"
#include "services/registry/store/live_history.h"

namespace welfare::registry {

// Streams what the history holds. Each stream takes the thread it is called on
// until it ends. Any thread may call it.
class RegistryStreams {
 public:
  // `live` must outlive the streams.
  explicit RegistryStreams(const LiveHistory& live) : live_(live) {}

  // Sends one message; an error ends the stream.
  template <typename Message>
  using Send = std::function<absl::Status(const Message&)>;

  // Sends every change after a version, as the bytes of messages of at most
  // kChangesPerMessage changes. Ends at the head unless the request follows.
  //
  // Errors: as in the proto; those of `send`; CANCELLED; UNAVAILABLE, reason
  //   SHUTTING_DOWN, after Stop().
  absl::Status StreamChanges(const platform::CallContext& call,
                             const v1::StreamChangesRequest& request,
                             const Send<std::string>& send);

  // Sends the registry's version now and whenever it rises.
  //
  // Errors: those of `send`; CANCELLED; UNAVAILABLE, reason SHUTTING_DOWN,
  //   after Stop().
  absl::Status WatchVersions(const platform::CallContext& call,
                             const type::v1::WatchVersionsRequest& request,
                             const Send<type::v1::WatchVersionsResponse>& send);

  // Ends every stream that waits, now and from now on.
  void Stop() { stop_.request_stop(); }

  static constexpr std::size_t kChangesPerMessage = 1000;
  // The resource name of the one version there is.
  static constexpr std::string_view kResource = "registry";

 private:
  // Waits until the head is after `version`.
  absl::StatusOr<HistoryPtr> WaitForChange(const platform::CallContext& call,
                                           std::int64_t version) const;

  const LiveHistory& live_;
  std::stop_source stop_;
};

}  // namespace welfare::registry
