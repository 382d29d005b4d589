// The stream of a peer's versions.
#pragma once

#include <chrono>
#include <stop_token>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "welfare/type/v1/versions.pb.h"

#include "services/indicator/peers/peer_failure.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/work/version_feed.h"

namespace welfare::indicator {

// Reads a peer's stream of versions into `feed` until it ends.
template <typename Stub>
absl::Status FollowPeer(Stub& stub, std::string_view peer,
                        UnavailableError unavailable, std::stop_token stop,
                        platform::VersionFeed& feed) {
  platform::CallContext call;
  call.limits.stop = stop;
  platform::PeerCall watch(std::move(stop), std::chrono::milliseconds(0));
  const auto reader = stub.WatchVersions(watch.context(), {});
  type::v1::WatchVersionsResponse message;
  while (reader->Read(&message)) {
    platform::VersionFeed::Versions versions;
    for (const auto& entry : message.entries()) {
      feed.SetIncarnation(entry.incarnation());
      versions[entry.resource()] = entry.version();
    }
    feed.Publish(versions);
  }
  const grpc::Status status = reader->Finish();
  if (status.ok()) return absl::OkStatus();
  return PeerFailure(call, peer, unavailable, platform::FromGrpcStatus(status));
}

}  // namespace welfare::indicator
