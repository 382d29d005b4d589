#include "services/report/peers/peer_answers_source.h"

#include <grpcpp/channel.h>

#include <map>
#include <string>
#include <utility>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/peer_call.h"
#include "services/report/errors.h"
#include "services/report/peers/convert.h"
#include "services/report/peers/peer_refusal.h"
#include "services/report/peers/peer_values.h"
#include "services/report/peers/round_answers.h"

namespace welfare::report {
namespace {

// One round at its pin.
struct ReadAnswers {
  RoundFacts facts;
  RoundAnswers answers;
  std::int64_t registry_version = 0;
};

}  // namespace

struct PeerAnswersSource::Stubs {
  explicit Stubs(const Channels& channels)
      : survey(survey::v1::SurveyService::NewStub(channels.survey)),
        indicator(
            indicator::v1::IndicatorService::NewStub(channels.indicator)) {}

  absl::StatusOr<ReadAnswers> Read(const platform::CallContext& call,
                                   const base::RoundName& name,
                                   std::int64_t revision,
                                   const std::string& incarnation,
                                   Basis basis) const {
    survey::v1::StreamRoundColumnsRequest request;
    request.set_name(name.ToString());
    request.set_revision(revision);
    request.set_data_incarnation(incarnation);
    platform::PeerCall peer(call);
    const auto reader = survey->StreamRoundColumns(peer.context(), request);
    ReadAnswers result;
    RoundAnswersReader answers(basis);
    absl::Status unreadable;
    survey::v1::StreamRoundColumnsResponse part;
    while (reader->Read(&part)) {
      if (!unreadable.ok()) continue;  // drain, so that Finish can answer
      if (part.has_column()) {
        unreadable = answers.Read(part.column());
        continue;
      }
      if (!part.has_header()) continue;
      unreadable = answers.Read(part.header());
      if (!unreadable.ok()) continue;
      auto facts = FromProto(part.header().round());
      unreadable = facts.status();
      if (facts.ok()) result.facts = *std::move(facts);
      result.registry_version = part.header().round().registry_version();
    }
    const grpc::Status status = reader->Finish();
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
      return RoundNotFound(name.ToString());
    }
    if (status.error_code() == grpc::StatusCode::OUT_OF_RANGE) {
      return VersionNotReached(name.ToString(), revision);
    }
    if (!status.ok()) return PeerRefused(call, "survey", status);
    WELFARE_RETURN_IF_ERROR(unreadable);
    WELFARE_ASSIGN_OR_RETURN(result.answers, std::move(answers).Take());
    return result;
  }

  std::unique_ptr<survey::v1::SurveyService::Stub> survey;
  std::unique_ptr<indicator::v1::IndicatorService::Stub> indicator;
};

PeerAnswersSource::PeerAnswersSource(const Channels& channels)
    : stubs_(std::make_unique<Stubs>(channels)) {}

PeerAnswersSource::~PeerAnswersSource() = default;

absl::StatusOr<RoundAnswers> PeerAnswersSource::TakeAnswers(
    const platform::CallContext& call, const AnswersSpec& spec) {
  WELFARE_ASSIGN_OR_RETURN(
      ReadAnswers read,
      stubs_->Read(call, spec.round, spec.pins.round_revision,
                   spec.pins.round_incarnation, spec.basis));
  return std::move(read.answers);
}

absl::StatusOr<FeedbackContent> PeerAnswersSource::Take(
    const platform::CallContext& call, const AnswersSpec& spec) {
  const Provenance& pins = spec.pins;
  FeedbackContent content;
  Snapshot& figures = content.figures;
  figures.basis = spec.basis;
  figures.provenance = pins;
  WELFARE_ASSIGN_OR_RETURN(
      ReadAnswers now, stubs_->Read(call, spec.round, pins.round_revision,
                                    pins.round_incarnation, spec.basis));
  figures.round = std::move(now.facts);
  content.now = std::move(now.answers);
  std::string registry = pins.registry_incarnation;
  WELFARE_ASSIGN_OR_RETURN(
      figures.values,
      ReadValues(call, *stubs_->indicator,
                 {.name = spec.round.ToString(),
                  .revision = pins.round_revision,
                  .incarnation = pins.round_incarnation,
                  .registry_version = now.registry_version},
                 spec.basis, registry, figures.left_out));
  if (pins.previous_round_revision == 0) return content;
  const base::RoundName before{spec.round.survey, spec.round.fiscal_year - 1};
  WELFARE_ASSIGN_OR_RETURN(
      ReadAnswers then, stubs_->Read(call, before, pins.previous_round_revision,
                                     pins.round_incarnation, spec.basis));
  figures.previous_round = std::move(then.facts);
  content.before = std::move(then.answers);
  // It was opened with a registry version of its own.
  std::string registry_then;
  std::map<std::string, std::string, std::less<>> left_out_then;
  WELFARE_ASSIGN_OR_RETURN(
      figures.previous_values,
      ReadValues(call, *stubs_->indicator,
                 {.name = before.ToString(),
                  .revision = pins.previous_round_revision,
                  .incarnation = pins.round_incarnation,
                  .registry_version = then.registry_version},
                 spec.basis, registry_then, left_out_then));
  return content;
}

}  // namespace welfare::report
