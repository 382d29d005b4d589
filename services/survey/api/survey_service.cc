#include "services/survey/api/survey_service.h"

#include "welfare/survey/v1/survey_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::survey {

SurveyService::SurveyService(SurveyApi& api,
                             const platform::CallEnvironment& calls)
    : MethodTable("welfare.survey.v1.SurveyService", calls) {
  using Api = SurveyApi;

  BulkUnary("ImportCodebook", &Api::ImportCodebook, api);
  Unary("PublishCodebook", &Api::PublishCodebook, api);
  Unary("GetCodebook", &Api::GetCodebook, api);
  Unary("ListCodebooks", &Api::ListCodebooks, api);

  Unary("CreateRound", &Api::CreateRound, api);
  Unary("OpenRound", &Api::OpenRound, api);
  Unary("UpdateRound", &Api::UpdateRound, api);
  Unary("DeleteRound", &Api::DeleteRound, api);
  Unary("ReopenRound", &Api::ReopenRound, api);
  Unary("CloseRound", &Api::CloseRound, api);
  Unary("GetRound", &Api::GetRound, api);
  Unary("ListRounds", &Api::ListRounds, api);
  Unary("GetRoundProgress", &Api::GetRoundProgress, api);

  Unary("CreateSubmission", &Api::CreateSubmission, api);
  Unary("UpdateSubmission", &Api::UpdateSubmission, api);
  Unary("SubmitSubmission", &Api::SubmitSubmission, api);
  Unary("AcceptSubmission", &Api::AcceptSubmission, api);
  Unary("ReturnSubmission", &Api::ReturnSubmission, api);
  Unary("GetSubmission", &Api::GetSubmission, api);
  Unary("ListSubmissions", &Api::ListSubmissions, api);
  Unary("ListSubmissionRevisions", &Api::ListSubmissionRevisions, api);
  BulkUnary("BatchImportSubmissions", &Api::ImportSubmissions, api);
  BidiStream("ImportSubmissions", [&api] {
    return [&api](const platform::CallContext& call,
                  const v1::ImportSubmissionsRequest& request,
                  type::v1::ImportResult& response) {
      return api.ImportSubmissions(call, request, response);
    };
  });

  ServerStream("StreamRoundColumns",
               [&api](const v1::StreamRoundColumnsRequest&) {
                 return api.StreamRoundColumns();
               });
  FollowingStream("StreamRoundChanges", &v1::StreamRoundChangesRequest::follow,
                  [&api](const v1::StreamRoundChangesRequest& request) {
                    return api.StreamRoundChanges(request);
                  });
  WatchVersions<type::v1::WatchVersionsRequest,
                type::v1::WatchVersionsResponse>();
  Complete();
}

SurveyService::~SurveyService() = default;

}  // namespace welfare::survey
