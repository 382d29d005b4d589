#include "services/indicator/peers/registry_peer.h"

#include <grpcpp/channel.h>

#include <utility>

#include "welfare/registry/v1/registry_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/indicator/errors.h"
#include "services/indicator/peers/convert.h"
#include "services/indicator/peers/peer_failure.h"
#include "services/indicator/peers/peer_versions.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"

namespace welfare::indicator {

struct RegistryPeer::Stub {
  std::unique_ptr<registry::v1::RegistryService::Stub> service;
};

RegistryPeer::RegistryPeer(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(std::make_unique<Stub>(
          Stub{registry::v1::RegistryService::NewStub(channel)})) {}

RegistryPeer::~RegistryPeer() = default;

absl::StatusOr<RegistryHistory> RegistryPeer::GetHistory(
    const platform::CallContext& call, const std::string& program,
    int from_year, int to_year, std::int64_t version,
    const std::string& incarnation) const {
  RegistryHistory history;
  history.version = version;
  for (int year = from_year; year <= to_year; ++year) {
    platform::PeerCall peer(call);
    registry::v1::GetRosterRequest request;
    request.set_name(
        base::RosterName{program, base::FiscalYear::FromChecked(year)}
            .ToString());
    request.set_data_version(version);
    request.set_data_incarnation(incarnation);
    registry::v1::Roster roster;
    const grpc::Status status =
        stub_->service->GetRoster(peer.context(), request, &roster);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) continue;
    if (!status.ok()) {
      const absl::Status failure = platform::FromGrpcStatus(status);
      if (IsOtherStore(failure)) return failure;
      return PeerFailure(call, "registry", &RegistryUnavailable, failure);
    }
    if (!history.rosters.empty() &&
        history.incarnation != roster.incarnation()) {
      return RegistryUnavailable("it was restored meanwhile");
    }
    history.incarnation = roster.incarnation();
    WELFARE_ASSIGN_OR_RETURN(history.rosters[year], FromProto(roster));
  }
  return history;
}

absl::Status RegistryPeer::FollowVersions(std::stop_token stop,
                                          platform::VersionFeed& feed) const {
  return FollowPeer(*stub_->service, "registry", &RegistryUnavailable,
                    std::move(stop), feed);
}

}  // namespace welfare::indicator
