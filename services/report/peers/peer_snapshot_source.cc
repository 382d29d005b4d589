#include "services/report/peers/peer_snapshot_source.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/report/errors.h"
#include "services/report/peers/convert.h"
#include "services/report/peers/peer_refusal.h"
#include "services/report/peers/peer_values.h"
#include "services/report/snapshot/canonical.h"

namespace welfare::report {
namespace {

// Most values and statements fit in one page of the largest size.
constexpr int kPageSize = 1000;
// How often a snapshot is taken again of a store that became another.
constexpr int kAttempts = 3;

// Whether a round of the year before is none: there is no such round, or it is
// planned and has no answers yet.
bool IsNone(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  return reason == "ROUND_NOT_FOUND" || reason == "ROUND_STATE";
}

// Whether a peer says, or its answers show, that it is another store now.
bool IsOtherStore(const absl::Status& status) {
  return base::ReasonOf(status) == "STORE_RESTORED";
}

// One round as the survey service gave it.
struct PinnedRound {
  survey::v1::Round round;
  std::int64_t revision = 0;
  std::vector<ProgressGroup> progress;
};

RoundPin PinOf(const PinnedRound& pinned) {
  return {.name = pinned.round.name(),
          .revision = pinned.revision,
          .incarnation = pinned.round.incarnation(),
          .registry_version = pinned.round.registry_version()};
}

}  // namespace

struct PeerSnapshotSource::Stubs {
  explicit Stubs(const Channels& channels)
      : registry(registry::v1::RegistryService::NewStub(channels.registry)),
        survey(survey::v1::SurveyService::NewStub(channels.survey)),
        indicator(
            indicator::v1::IndicatorService::NewStub(channels.indicator)) {}

  // Returns the round and its progress at one revision; 0: the current one.
  absl::StatusOr<PinnedRound> ReadRound(
      const platform::CallContext& call, const base::RoundName& name,
      std::int64_t data_version, const std::string& data_incarnation) const {
    const auto refused = [&](const grpc::Status& status) {
      const absl::Status refusal = platform::FromGrpcStatus(status);
      if (base::ReasonOf(refusal) == "VERSION_NOT_REACHED") {
        return VersionNotReached(name.ToString(), data_version);
      }
      return PeerRefused(call, "survey", status);
    };
    PinnedRound result;
    survey::v1::GetRoundRequest request;
    request.set_name(name.ToString());
    request.set_data_version(data_version);
    request.set_data_incarnation(data_incarnation);
    platform::PeerCall round_call(call);
    grpc::Status status =
        survey->GetRound(round_call.context(), request, &result.round);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
      return RoundNotFound(name.ToString());
    }
    if (!status.ok()) return refused(status);
    // A planned round has no answers; the survey refuses its progress.
    if (result.round.state() == survey::v1::Round::STATE_PLANNED) {
      return RoundNotOpened(name.ToString());
    }
    // A survey of an earlier build knows no revision but the current one.
    result.revision = result.round.revision();
    if (data_version != 0 && result.revision != data_version) {
      return PeerAnswerInvalid("survey", "the round is of another revision.");
    }
    survey::v1::GetRoundProgressRequest progress_request;
    progress_request.set_name(name.ToString());
    progress_request.set_data_version(result.revision);
    progress_request.set_data_incarnation(result.round.incarnation());
    survey::v1::RoundProgress progress;
    platform::PeerCall progress_call(call);
    status = survey->GetRoundProgress(progress_call.context(), progress_request,
                                      &progress);
    if (!status.ok()) return refused(status);
    WELFARE_ASSIGN_OR_RETURN(result.progress, FromProto(progress));
    if (progress.incarnation() != result.round.incarnation()) {
      return platform::StoreRestored(
          name.ToString(), result.round.incarnation(), result.revision);
    }
    // A survey of an earlier build tells what is now.
    if (progress.revision() != result.revision) {
      return RoundMoved(name.ToString());
    }
    return result;
  }

  // The round of the year before; nothing where there is none, or none is to be
  // compared with.
  absl::StatusOr<std::optional<PinnedRound>> ReadPrevious(
      const platform::CallContext& call, const base::RoundName& name,
      const SnapshotSpec& spec) const {
    const std::int64_t revision = spec.previous_data_version.value_or(0);
    if (spec.previous_data_version.has_value() && revision == 0) {
      return std::nullopt;
    }
    absl::StatusOr<PinnedRound> found = ReadRound(
        call, name, revision, revision == 0 ? "" : spec.data_incarnation);
    if (revision == 0 && IsNone(found.status())) return std::nullopt;
    if (!found.ok()) return std::move(found).status();
    return *std::move(found);
  }

  // The digests of the answers that count at the pinned revision.
  absl::StatusOr<std::map<std::string, std::string, std::less<>>> ReadCounted(
      const platform::CallContext& call, const PinnedRound& pinned,
      Basis basis) const {
    std::map<std::string, std::string, std::less<>> counted;
    survey::v1::ListSubmissionsRequest request;
    request.set_parent(pinned.round.name());
    request.set_page_size(kPageSize);
    request.set_data_version(pinned.revision);
    request.set_data_incarnation(pinned.round.incarnation());
    request.add_states(survey::v1::Submission::STATE_FINAL);
    if (basis == Basis::kProvisional) {
      request.add_states(survey::v1::Submission::STATE_SUBMITTED);
      request.add_states(survey::v1::Submission::STATE_ACCEPTED);
    }
    do {
      survey::v1::ListSubmissionsResponse response;
      platform::PeerCall peer(call);
      const grpc::Status status =
          survey->ListSubmissions(peer.context(), request, &response);
      if (!status.ok()) return PeerRefused(call, "survey", status);
      for (const auto& submission : response.submissions()) {
        const std::string& name = submission.name();
        counted.emplace(name.substr(name.rfind('/') + 1), submission.digest());
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return counted;
  }

  // Statements about a change compare two rounds: both are pinned.
  absl::Status ReadStatements(const platform::CallContext& call,
                              const base::RoundName& round,
                              Snapshot& snapshot) const {
    Provenance& pins = snapshot.provenance;
    indicator::v1::ListStatementsRequest request;
    request.set_parent(round.ToString());
    request.set_basis(static_cast<type::v1::Basis::Kind>(snapshot.basis));
    request.set_data_version(pins.round_revision);
    request.set_data_incarnation(pins.round_incarnation);
    // Where there is none, one that is opened meanwhile is not asked of either.
    request.set_previous_data_version(pins.previous_round_revision);
    request.set_page_size(kPageSize);
    do {
      indicator::v1::ListStatementsResponse response;
      platform::PeerCall peer(call);
      const grpc::Status status =
          indicator->ListStatements(peer.context(), request, &response);
      if (!status.ok()) return PeerRefused(call, "indicator", status);
      if (response.data_version() != pins.round_revision) {
        return PeerAnswerInvalid("indicator",
                                 "the statements are of another revision.");
      }
      WELFARE_RETURN_IF_ERROR(NoteRegistry(response.registry_incarnation(),
                                           pins.registry_version,
                                           pins.registry_incarnation));
      // An indicator service of an earlier build takes 0 for the current one.
      if (response.previous_data_version() != pins.previous_round_revision) {
        return RoundMoved(
            base::RoundName{round.survey, round.fiscal_year - 1}.ToString());
      }
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
                                    Provenance& pins) const {
    registry::v1::GetRosterRequest request;
    request.set_name(program + "/rosters/" + std::to_string(year));
    request.set_data_version(pins.registry_version);
    request.set_data_incarnation(pins.registry_incarnation);
    registry::v1::Roster roster;
    platform::PeerCall peer(call);
    const grpc::Status status =
        registry->GetRoster(peer.context(), request, &roster);
    if (!status.ok()) return PeerRefused(call, "registry", status);
    if (pins.registry_incarnation.empty()) {
      pins.registry_incarnation = roster.incarnation();
    }
    return FromProto(roster);
  }

  absl::StatusOr<Snapshot> Take(const platform::CallContext& call,
                                const SnapshotSpec& spec) const;

  std::unique_ptr<registry::v1::RegistryService::Stub> registry;
  std::unique_ptr<survey::v1::SurveyService::Stub> survey;
  std::unique_ptr<indicator::v1::IndicatorService::Stub> indicator;
};

PeerSnapshotSource::PeerSnapshotSource(const Channels& channels)
    : stubs_(std::make_unique<Stubs>(channels)) {}

PeerSnapshotSource::~PeerSnapshotSource() = default;

absl::StatusOr<Snapshot> PeerSnapshotSource::Take(
    const platform::CallContext& call, const SnapshotSpec& spec) {
  absl::StatusOr<Snapshot> taken = stubs_->Take(call, spec);
  for (int again = 1; again < kAttempts && IsOtherStore(taken.status());
       ++again) {
    taken = stubs_->Take(call, spec);
  }
  return taken;
}

absl::StatusOr<Snapshot> PeerSnapshotSource::Stubs::Take(
    const platform::CallContext& call, const SnapshotSpec& spec) const {
  Snapshot snapshot;
  snapshot.basis = spec.basis;
  WELFARE_ASSIGN_OR_RETURN(
      PinnedRound pinned,
      ReadRound(call, spec.round, spec.data_version, spec.data_incarnation));
  WELFARE_ASSIGN_OR_RETURN(snapshot.round, FromProto(pinned.round));
  snapshot.progress = std::move(pinned.progress);
  Provenance& pins = snapshot.provenance;
  pins.registry_version = pinned.round.registry_version();
  pins.registry_incarnation = pinned.round.registry_incarnation();
  pins.round_revision = pinned.revision;
  pins.round_incarnation = pinned.round.incarnation();
  WELFARE_ASSIGN_OR_RETURN(
      snapshot.values,
      ReadValues(call, *indicator, PinOf(pinned), spec.basis,
                 pins.registry_incarnation, snapshot.left_out));

  WELFARE_ASSIGN_OR_RETURN(snapshot.counted,
                           ReadCounted(call, pinned, spec.basis));

  const base::RoundName before{spec.round.survey, spec.round.fiscal_year - 1};
  WELFARE_ASSIGN_OR_RETURN(const std::optional<PinnedRound> previous,
                           ReadPrevious(call, before, spec));
  if (previous.has_value()) {
    if (previous->round.incarnation() != pins.round_incarnation) {
      return platform::StoreRestored(before.ToString(), pins.round_incarnation,
                                     previous->revision);
    }
    WELFARE_ASSIGN_OR_RETURN(snapshot.previous_round,
                             FromProto(previous->round));
    snapshot.previous_progress = previous->progress;
    pins.previous_round_revision = previous->revision;
    // What last year's round does not have is not asked for, and it was opened
    // with a registry version of its own.
    std::map<std::string, std::string, std::less<>> left_out_then;
    std::string registry_then = previous->round.registry_incarnation();
    WELFARE_ASSIGN_OR_RETURN(
        snapshot.previous_values,
        ReadValues(call, *indicator, PinOf(*previous), spec.basis,
                   registry_then, left_out_then));
    WELFARE_ASSIGN_OR_RETURN(snapshot.previous_counted,
                             ReadCounted(call, *previous, spec.basis));
  }

  // What the round holds for true: the registry as it was pinned.
  const int year = spec.round.fiscal_year.value();
  for (int of = std::min(spec.first_roster_year, year); of <= year; ++of) {
    WELFARE_ASSIGN_OR_RETURN(
        Roster roster, ReadRoster(call, pinned.round.program(), of, pins));
    snapshot.rosters.push_back(std::move(roster));
  }
  WELFARE_RETURN_IF_ERROR(ReadStatements(call, spec.round, snapshot));
  SortSnapshot(snapshot);
  return snapshot;
}

}  // namespace welfare::report
