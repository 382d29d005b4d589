#include "services/report/peers/peer_survey.h"

#include <grpcpp/channel.h>

#include <cstddef>
#include <utility>

#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/platform/rpc/peer_call.h"
#include "services/report/errors.h"
#include "services/report/peers/peer_refusal.h"

namespace welfare::report {

struct PeerSurvey::Stub {
  explicit Stub(const std::shared_ptr<grpc::Channel>& channel)
      : survey(survey::v1::SurveyService::NewStub(channel)) {}
  std::unique_ptr<survey::v1::SurveyService::Stub> survey;
};

PeerSurvey::PeerSurvey(const std::shared_ptr<grpc::Channel>& survey)
    : stub_(std::make_unique<Stub>(survey)) {}

PeerSurvey::~PeerSurvey() = default;

absl::StatusOr<RoundToFill> PeerSurvey::FindRound(
    const platform::CallContext& call, const base::RoundName& round) {
  survey::v1::GetRoundRequest request;
  request.set_name(round.ToString());
  survey::v1::Round answer;
  platform::PeerCall peer(call);
  const grpc::Status status =
      stub_->survey->GetRound(peer.context(), request, &answer);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return RoundNotFound(round.ToString());
  }
  if (!status.ok()) return PeerRefused(call, "survey", status);
  auto codebook = base::CodebookName::Parse(answer.codebook());
  if (!codebook.ok()) {
    return PeerAnswerInvalid("survey", "a round names no codebook.");
  }
  return RoundToFill{
      .codebook = *std::move(codebook),
      .opened = answer.state() != survey::v1::Round::STATE_PLANNED};
}

absl::StatusOr<std::optional<SourceAnswer>> PeerSurvey::FindAnswer(
    const platform::CallContext& call, const std::string& submission,
    const std::string& item, std::int64_t data_version,
    const std::string& data_incarnation) {
  survey::v1::GetSubmissionRequest request;
  request.set_name(submission);
  request.set_data_version(data_version);
  request.set_data_incarnation(data_incarnation);
  survey::v1::Submission answer;
  platform::PeerCall peer(call);
  const grpc::Status status =
      stub_->survey->GetSubmission(peer.context(), request, &answer);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return SubmissionNotFound(submission);
  }
  if (!status.ok()) return PeerRefused(call, "survey", status);
  switch (answer.state()) {
    case survey::v1::Submission::STATE_SUBMITTED:
    case survey::v1::Submission::STATE_ACCEPTED:
    case survey::v1::Submission::STATE_FINAL:
      break;
    default:
      return std::optional<SourceAnswer>();
  }
  SourceAnswer source;
  source.revision = answer.revision();
  const std::size_t slash = item.find('/');
  const std::string row =
      slash == std::string::npos ? "" : item.substr(slash + 1);
  for (const survey::v1::Answer& one : answer.answers()) {
    if (one.item() != item.substr(0, slash) || one.row() != row) continue;
    source.text = one.content_case() == survey::v1::Answer::kText
                      ? one.text()
                      : one.other_text();
  }
  return std::optional<SourceAnswer>(std::move(source));
}

absl::StatusOr<std::optional<std::string>> PeerSurvey::FindRespondent(
    const platform::CallContext& call, const base::RoundName& round,
    const base::Respondent& respondent) {
  survey::v1::GetSubmissionRequest request;
  request.set_name(round.ToString() + "/submissions/" + respondent.ToString());
  survey::v1::Submission answer;
  platform::PeerCall peer(call);
  const grpc::Status status =
      stub_->survey->GetSubmission(peer.context(), request, &answer);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return std::optional<std::string>();
  }
  if (!status.ok()) return PeerRefused(call, "survey", status);
  const auto name = base::SubmissionName::Parse(answer.name());
  if (!name.ok()) {
    return PeerAnswerInvalid("survey", "a submission has no name.");
  }
  return std::optional<std::string>(name->respondent.ToString());
}

}  // namespace welfare::report
