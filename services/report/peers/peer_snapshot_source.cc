#include "services/report/peers/peer_snapshot_source.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/platform/rpc/peer_call.h"
#include "services/report/api/convert.h"
#include "services/report/errors.h"
#include "services/report/peers/peer_refusal.h"
#include "services/report/snapshot/canonical.h"

namespace welfare::report {
namespace {

// Most values and statements fit in one page of the largest size.
constexpr int kPageSize = 1000;
// How often a round that changes under the reader is read again.
constexpr int kAttempts = 3;

// Whether a round of the year before is none: there is no such round, or it is
// planned and has no answers yet.
bool IsNone(const absl::Status& status) {
  const std::string_view reason = base::ReasonOf(status);
  return reason == "ROUND_NOT_FOUND" || reason == "ROUND_STATE";
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
      if (!status.ok()) return PeerRefused(call, "survey", status);
      // A planned round has no answers; the survey refuses its progress.
      if (result.round.state() == survey::v1::Round::STATE_PLANNED) {
        return RoundNotOpened(name.ToString());
      }
      if (data_version > result.round.revision()) {
        return VersionNotReached(name.ToString(), data_version);
      }
      survey::v1::GetRoundProgressRequest progress_request;
      progress_request.set_name(name.ToString());
      survey::v1::RoundProgress progress;
      platform::PeerCall progress_call(call);
      status = survey->GetRoundProgress(progress_call.context(),
                                        progress_request, &progress);
      if (!status.ok()) return PeerRefused(call, "survey", status);
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

  // `left_out` takes why some indicators have no value in this round.
  absl::StatusOr<IndicatorValues> ReadValues(
      const platform::CallContext& call, const base::RoundName& round,
      Basis basis, std::int64_t revision,
      std::map<std::string, std::string, std::less<>>& left_out) const {
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
      if (!status.ok()) return PeerRefused(call, "indicator", status);
      for (const auto& value : response.indicator_values()) {
        if (value.versions().round() != revision) {
          return PeerAnswerInvalid("indicator",
                                   "a value is of another revision.");
        }
        WELFARE_ASSIGN_OR_RETURN(IndicatorValue read, FromProto(value));
        const std::string id = read.id;
        values.emplace(id, std::move(read));
      }
      for (const auto& misfit : response.left_out()) {
        if (!misfit.indicator().empty()) {
          left_out.emplace(misfit.indicator(), misfit.message_ja());
        }
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return values;
  }

  // Statements about a change compare two rounds: both are pinned.
  absl::Status ReadStatements(const platform::CallContext& call,
                              const base::RoundName& round,
                              Snapshot& snapshot) const {
    const Provenance& pins = snapshot.provenance;
    indicator::v1::ListStatementsRequest request;
    request.set_parent(round.ToString());
    request.set_basis(snapshot.basis == Basis::kFinal
                          ? type::v1::Basis::FINAL
                          : type::v1::Basis::PROVISIONAL);
    request.set_data_version(pins.round_revision);
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
      // Where there was no round before, one may have been opened since.
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
                                    std::int64_t version) const {
    registry::v1::GetRosterRequest request;
    request.set_name(program + "/rosters/" + std::to_string(year));
    request.set_data_version(version);
    registry::v1::Roster roster;
    platform::PeerCall peer(call);
    const grpc::Status status =
        registry->GetRoster(peer.context(), request, &roster);
    if (!status.ok()) return PeerRefused(call, "registry", status);
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
      snapshot.values, stubs_->ReadValues(call, spec.round, spec.basis,
                                          pinned.revision, snapshot.left_out));

  const base::RoundName before{spec.round.survey, spec.round.fiscal_year - 1};
  absl::StatusOr<PinnedRound> previous = stubs_->ReadRound(call, before, 0);
  if (previous.ok()) {
    WELFARE_ASSIGN_OR_RETURN(snapshot.previous_round,
                             FromProto(previous->round));
    snapshot.previous_progress = std::move(previous->progress);
    snapshot.provenance.previous_round_revision = previous->revision;
    // What last year's round does not have is not asked for.
    std::map<std::string, std::string, std::less<>> left_out_then;
    WELFARE_ASSIGN_OR_RETURN(
        snapshot.previous_values,
        stubs_->ReadValues(call, before, spec.basis, previous->revision,
                           left_out_then));
  } else if (!IsNone(previous.status())) {
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
  WELFARE_RETURN_IF_ERROR(stubs_->ReadStatements(call, spec.round, snapshot));
  SortSnapshot(snapshot);
  return snapshot;
}

}  // namespace welfare::report
