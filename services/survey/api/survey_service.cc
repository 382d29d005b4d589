#include "services/survey/api/survey_service.h"

#include <functional>

#include "services/platform/rpc/stream.h"
#include "services/platform/rpc/version_stream.h"

namespace welfare::survey {

SurveyService::SurveyService(SurveyApi& api,
                             const platform::CallEnvironment& calls)
    : api_(api), calls_(calls) {}

SurveyService::~SurveyService() = default;

grpc::ServerUnaryReactor* SurveyService::ImportCodebook(
    grpc::CallbackServerContext* context,
    const v1::ImportCodebookRequest* request, v1::Codebook* response) {
  return platform::BulkUnary(
      calls_, context, request, response,
      std::bind_front(&SurveyApi::ImportCodebook, &api_));
}

grpc::ServerUnaryReactor* SurveyService::PublishCodebook(
    grpc::CallbackServerContext* context,
    const v1::PublishCodebookRequest* request, v1::Codebook* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::PublishCodebook, &api_));
}

grpc::ServerUnaryReactor* SurveyService::GetCodebook(
    grpc::CallbackServerContext* context, const v1::GetCodebookRequest* request,
    v1::Codebook* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::GetCodebook, &api_));
}

grpc::ServerUnaryReactor* SurveyService::ListCodebooks(
    grpc::CallbackServerContext* context,
    const v1::ListCodebooksRequest* request,
    v1::ListCodebooksResponse* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::ListCodebooks, &api_));
}

grpc::ServerUnaryReactor* SurveyService::CreateRound(
    grpc::CallbackServerContext* context, const v1::CreateRoundRequest* request,
    v1::Round* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::CreateRound, &api_));
}

grpc::ServerUnaryReactor* SurveyService::OpenRound(
    grpc::CallbackServerContext* context, const v1::OpenRoundRequest* request,
    v1::Round* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::OpenRound, &api_));
}

grpc::ServerUnaryReactor* SurveyService::UpdateRound(
    grpc::CallbackServerContext* context, const v1::UpdateRoundRequest* request,
    v1::Round* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::UpdateRound, &api_));
}

grpc::ServerUnaryReactor* SurveyService::DeleteRound(
    grpc::CallbackServerContext* context, const v1::DeleteRoundRequest* request,
    google::protobuf::Empty* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::DeleteRound, &api_));
}

grpc::ServerUnaryReactor* SurveyService::ReopenRound(
    grpc::CallbackServerContext* context, const v1::ReopenRoundRequest* request,
    v1::Round* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::ReopenRound, &api_));
}

grpc::ServerUnaryReactor* SurveyService::CloseRound(
    grpc::CallbackServerContext* context, const v1::CloseRoundRequest* request,
    v1::Round* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::CloseRound, &api_));
}

grpc::ServerUnaryReactor* SurveyService::GetRound(
    grpc::CallbackServerContext* context, const v1::GetRoundRequest* request,
    v1::Round* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::GetRound, &api_));
}

grpc::ServerUnaryReactor* SurveyService::ListRounds(
    grpc::CallbackServerContext* context, const v1::ListRoundsRequest* request,
    v1::ListRoundsResponse* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::ListRounds, &api_));
}

grpc::ServerUnaryReactor* SurveyService::GetRoundProgress(
    grpc::CallbackServerContext* context,
    const v1::GetRoundProgressRequest* request, v1::RoundProgress* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::GetRoundProgress, &api_));
}

grpc::ServerUnaryReactor* SurveyService::CreateSubmission(
    grpc::CallbackServerContext* context,
    const v1::CreateSubmissionRequest* request, v1::Submission* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::CreateSubmission, &api_));
}

grpc::ServerUnaryReactor* SurveyService::UpdateSubmission(
    grpc::CallbackServerContext* context,
    const v1::UpdateSubmissionRequest* request, v1::Submission* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::UpdateSubmission, &api_));
}

grpc::ServerUnaryReactor* SurveyService::SubmitSubmission(
    grpc::CallbackServerContext* context,
    const v1::SubmitSubmissionRequest* request, v1::Submission* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::SubmitSubmission, &api_));
}

grpc::ServerUnaryReactor* SurveyService::AcceptSubmission(
    grpc::CallbackServerContext* context,
    const v1::AcceptSubmissionRequest* request, v1::Submission* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::AcceptSubmission, &api_));
}

grpc::ServerUnaryReactor* SurveyService::ReturnSubmission(
    grpc::CallbackServerContext* context,
    const v1::ReturnSubmissionRequest* request, v1::Submission* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::ReturnSubmission, &api_));
}

grpc::ServerUnaryReactor* SurveyService::GetSubmission(
    grpc::CallbackServerContext* context,
    const v1::GetSubmissionRequest* request, v1::Submission* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::GetSubmission, &api_));
}

grpc::ServerUnaryReactor* SurveyService::ListSubmissions(
    grpc::CallbackServerContext* context,
    const v1::ListSubmissionsRequest* request,
    v1::ListSubmissionsResponse* response) {
  return platform::Unary(calls_, context, request, response,
                         std::bind_front(&SurveyApi::ListSubmissions, &api_));
}

grpc::ServerUnaryReactor* SurveyService::ListSubmissionRevisions(
    grpc::CallbackServerContext* context,
    const v1::ListSubmissionRevisionsRequest* request,
    v1::ListSubmissionRevisionsResponse* response) {
  return platform::Unary(
      calls_, context, request, response,
      std::bind_front(&SurveyApi::ListSubmissionRevisions, &api_));
}

grpc::ServerUnaryReactor* SurveyService::BatchImportSubmissions(
    grpc::CallbackServerContext* context,
    const v1::ImportSubmissionsRequest* request,
    type::v1::ImportResult* response) {
  return platform::BulkUnary(
      calls_, context, request, response,
      std::bind_front(&SurveyApi::ImportSubmissions, &api_));
}

grpc::ServerBidiReactor<v1::ImportSubmissionsRequest, type::v1::ImportResult>*
SurveyService::ImportSubmissions(grpc::CallbackServerContext* context) {
  return platform::BidiStream<v1::ImportSubmissionsRequest,
                              type::v1::ImportResult>(
      calls_, context, std::bind_front(&SurveyApi::ImportSubmissions, &api_));
}

grpc::ServerWriteReactor<v1::StreamRoundColumnsResponse>*
SurveyService::StreamRoundColumns(
    grpc::CallbackServerContext* context,
    const v1::StreamRoundColumnsRequest* request) {
  return platform::ServerStream<v1::StreamRoundColumnsResponse>(
      calls_, context, request, api_.StreamRoundColumns());
}

grpc::ServerWriteReactor<v1::StreamRoundChangesResponse>*
SurveyService::StreamRoundChanges(
    grpc::CallbackServerContext* context,
    const v1::StreamRoundChangesRequest* request) {
  return platform::FollowingStream<v1::StreamRoundChangesResponse>(
      calls_, context, request, request->follow(),
      api_.StreamRoundChanges(*request));
}

grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>*
SurveyService::WatchVersions(grpc::CallbackServerContext* context,
                             const type::v1::WatchVersionsRequest* request) {
  return platform::WatchVersions<type::v1::WatchVersionsResponse>(
      calls_, context, *request);
}

}  // namespace welfare::survey
