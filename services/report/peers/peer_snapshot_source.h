// Snapshots taken from the survey, indicator and registry services.
#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "services/report/peers/snapshot_source.h"

namespace grpc {
class Channel;
}

namespace welfare::report {

// Any thread may call it.
class PeerSnapshotSource final : public SnapshotSource {
 public:
  struct Channels {
    std::shared_ptr<grpc::Channel> registry;
    std::shared_ptr<grpc::Channel> survey;
    std::shared_ptr<grpc::Channel> indicator;
  };
  explicit PeerSnapshotSource(const Channels& channels);
  ~PeerSnapshotSource() override;

  absl::StatusOr<Snapshot> Take(const platform::CallContext& call,
                                const SnapshotSpec& spec) override;

 private:
  struct Stubs;
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace welfare::report
