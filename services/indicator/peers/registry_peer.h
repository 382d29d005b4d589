// What this service asks of the registry. The only code that calls its stub.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/indicator/round/registry_history.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/work/version_feed.h"

namespace grpc {
class Channel;
}

namespace welfare::indicator {

// The registry. Any thread may call it.
class RegistryPeer {
 public:
  explicit RegistryPeer(const std::shared_ptr<grpc::Channel>& channel);
  ~RegistryPeer();

  // Returns the rosters of `program` from `from_year` to `to_year` at `version`
  // of the registry `incarnation` (empty: of whichever answers). A year without
  // a roster is left out.
  //
  // Errors:
  //   FAILED_PRECONDITION, reason STORE_RESTORED: the registry is another one.
  //   UNAVAILABLE, reason REGISTRY_UNAVAILABLE: it did not answer.
  //   INTERNAL, reason PEER_ANSWER: it answered with something unreadable.
  //   DEADLINE_EXCEEDED and CANCELLED of the call itself.
  absl::StatusOr<RegistryHistory> GetHistory(
      const platform::CallContext& call, const std::string& program,
      int from_year, int to_year, std::int64_t version,
      const std::string& incarnation) const;

  // Tells `feed` the registry's versions as they rise, until the stream ends or
  // `stop`.
  absl::Status FollowVersions(std::stop_token stop,
                              platform::VersionFeed& feed) const;

 private:
  struct Stub;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::indicator
