#include "services/report/peers/peer_snapshot_source.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <string>
#include <utility>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/report/api/convert.h"
#include "services/report/errors.h"
#include "services/report/snapshot/canonical.h"

namespace welfare::report {
namespace {

// Most values and statements fit in one page of the largest size.
constexpr int kPageSize = 1000;
// How often a round that changes under the reader is read again.
constexpr int kAttempts = 3;

// A peer's refusal as ours: what the caller may put right keeps its code, the
// rest is the peer's fault.
absl::Status Refused(const platform::CallContext& call, std::string_view peer,
                     const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::CANCELLED:
      if (call.cancelled()) return platform::FromGrpcStatus(status);
      return PeerUnavailable(peer, status.error_message());
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      if (call.limits.expired()) return platform::FromGrpcStatus(status);
      return PeerUnavailable(peer, status.error_message());
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return PeerUnavailable(peer, status.error_message());
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return platform::FromGrpcStatus(status);
    default:
      return PeerAnswerInvalid(peer, status.error_message());
  }
}

// One round as the survey service gave it.
struct PinnedRound {
  survey::v1::Round round;
  std::int64_t revision = 0;
  std::vector<ProgressGroup> progress;
};

}  // namespace

struct PeerSnapshotSource::Stubs {
  explicit Stubs(const Channels& channels)
      : registry(registry::v1::RegistryService::NewStub(channels.registry)),
        survey(survey::v1::SurveyService::NewStub(channels.survey)),
        indicator(
            indicator::v1::IndicatorService::NewStub(channels.indicator)) {}

  // Returns the round and its progress at one revision.
  absl::StatusOr<PinnedRound> ReadRound(const platform::CallContext& call,
                                        const base::RoundName& name,
                                        std::int64_t data_version) const {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      PinnedRound result;
      survey::v1::GetRoundRequest request;
      request.set_name(name.ToString());
      platform::PeerCall round_call(call);
      grpc::Status status =
          survey->GetRound(round_call.context(), request, &result.round);
      if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
        return RoundNotFound(name.ToString());
      }
      if (!status.ok()) return Refused(call, "survey", status);
      if (data_version > result.round.revision()) {
        return VersionNotReached(name.ToString(), data_version);
      }
      survey::v1::GetRoundProgressRequest progress_request;
      progress_request.set_name(name.ToString());
      survey::v1::RoundProgress progress;
      platform::PeerCall progress_call(call);
      status = survey->GetRoundProgress(progress_call.context(),
                                        progress_request, &progress);
      if (!status.ok()) return Refused(call, "survey", status);
      WELFARE_ASSIGN_OR_RETURN(result.progress, FromProto(progress));
      result.revision =
          data_version == 0 ? result.round.revision() : data_version;
      // The returns are known for the current revision only; a snapshot must
      // not mix two.
      if (progress.revision() == result.revision) return result;
      if (data_version != 0) break;
    }
    return RoundMoved(name.ToString());
  }

  absl::StatusOr<IndicatorValues> ReadValues(const platform::CallContext& call,
                                             const base::RoundName& round,
                                             Basis basis,
                                             std::int64_t revision) const {
    IndicatorValues values;
    indicator::v1::ListIndicatorValuesRequest request;
    request.set_parent(round.ToString());
    request.set_basis(basis == Basis::kFinal ? type::v1::Basis::FINAL
                                             : type::v1::Basis::PROVISIONAL);
    request.set_data_version(revision);
    request.set_min_version(revision);
    request.set_page_size(kPageSize);
    do {
      indicator::v1::ListIndicatorValuesResponse response;
      platform::PeerCall peer(call);
      const grpc::Status status =
          indicator->ListIndicatorValues(peer.context(), request, &response);
      if (!status.ok()) return Refused(call, "indicator", status);
      for (const auto& value : response.indicator_values()) {
        if (value.versions().round() != revision) {
          return PeerAnswerInvalid("indicator",
                                   "a value is of another revision.");
        }
        WELFARE_ASSIGN_OR_RETURN(IndicatorValue read, FromProto(value));
        const std::string id = read.id;
        values.emplace(id, std::move(read));
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return values;
  }

  absl::Status ReadStatements(const platform::CallContext& call,
                              const base::RoundName& round, Basis basis,
                              std::int64_t revision, Snapshot& snapshot) const {
    indicator::v1::ListStatementsRequest request;
    request.set_parent(round.ToString());
    request.set_basis(basis == Basis::kFinal ? type::v1::Basis::FINAL
                                             : type::v1::Basis::PROVISIONAL);
    request.set_data_version(revision);
    request.set_page_size(kPageSize);
    do {
      indicator::v1::ListStatementsResponse response;
      platform::PeerCall peer(call);
      const grpc::Status status =
          indicator->ListStatements(peer.context(), request, &response);
      if (!status.ok()) return Refused(call, "indicator", status);
      for (const auto& statement : response.statements()) {
        WELFARE_ASSIGN_OR_RETURN(Statement read, FromProto(statement));
        snapshot.statements.push_back(std::move(read));
      }
      snapshot.wording_profile = response.wording_profile();
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return absl::OkStatus();
  }

  absl::StatusOr<Roster> ReadRoster(const platform::CallContext& call,
                                    const std::string& program, int year,
                                    std::int64_t version) const {
    registry::v1::GetRosterRequest request;
    request.set_name(program + "/rosters/" + std::to_string(year));
    request.set_data_version(version);
    registry::v1::Roster roster;
    platform::PeerCall peer(call);
    const grpc::Status status =
        registry->GetRoster(peer.context(), request, &roster);
    if (!status.ok()) return Refused(call, "registry", status);
    return FromProto(roster);
  }

  std::unique_ptr<registry::v1::RegistryService::Stub> registry;
  std::unique_ptr<survey::v1::SurveyService::Stub> survey;
  std::unique_ptr<indicator::v1::IndicatorService::Stub> indicator;
};

PeerSnapshotSource::PeerSnapshotSource(const Channels& channels)
    : stubs_(std::make_unique<Stubs>(channels)) {}

PeerSnapshotSource::~PeerSnapshotSource() = default;

absl::StatusOr<Snapshot> PeerSnapshotSource::Take(
    const platform::CallContext& call, const SnapshotSpec& spec) {
  Snapshot snapshot;
  snapshot.basis = spec.basis;
  WELFARE_ASSIGN_OR_RETURN(
      PinnedRound pinned,
      stubs_->ReadRound(call, spec.round, spec.data_version));
  WELFARE_ASSIGN_OR_RETURN(snapshot.round, FromProto(pinned.round));
  snapshot.progress = std::move(pinned.progress);
  snapshot.provenance.registry_version = pinned.round.registry_version();
  snapshot.provenance.round_revision = pinned.revision;
  WELFARE_ASSIGN_OR_RETURN(
      snapshot.values,
      stubs_->ReadValues(call, spec.round, spec.basis, pinned.revision));

  const base::RoundName before{spec.round.survey, spec.round.fiscal_year - 1};
  absl::StatusOr<PinnedRound> previous = stubs_->ReadRound(call, before, 0);
  if (previous.ok() &&
      previous->round.state() != survey::v1::Round::STATE_PLANNED) {
    WELFARE_ASSIGN_OR_RETURN(snapshot.previous_round,
                             FromProto(previous->round));
    snapshot.previous_progress = std::move(previous->progress);
    snapshot.provenance.previous_round_revision = previous->revision;
    WELFARE_ASSIGN_OR_RETURN(
        snapshot.previous_values,
        stubs_->ReadValues(call, before, spec.basis, previous->revision));
  } else if (!previous.ok() &&
             previous.status().code() != absl::StatusCode::kNotFound) {
    return previous.status();
  }

  // What the round holds for true: the registry as it was pinned.
  const int year = spec.round.fiscal_year.value();
  for (int of = std::min(spec.first_roster_year, year); of <= year; ++of) {
    WELFARE_ASSIGN_OR_RETURN(
        Roster roster, stubs_->ReadRoster(call, pinned.round.program(), of,
                                          pinned.round.registry_version()));
    snapshot.rosters.push_back(std::move(roster));
  }
  WELFARE_RETURN_IF_ERROR(stubs_->ReadStatements(call, spec.round, spec.basis,
                                                 pinned.revision, snapshot));
  SortSnapshot(snapshot);
  return snapshot;
}

}  // namespace welfare::report
