#pragma once

#include "services/platform/rpc/handler.h"
#include "services/survey/api/survey_api.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::survey {

// The gRPC face of SurveyApi: one line a method.
class SurveyService final : public v1::SurveyService::CallbackService {
 public:
  // Both outlive the service.
  SurveyService(SurveyApi& api, const platform::CallEnvironment& calls);
  ~SurveyService() override;

  grpc::ServerUnaryReactor* ImportCodebook(
      grpc::CallbackServerContext* context,
      const v1::ImportCodebookRequest* request,
      v1::Codebook* response) override;
  grpc::ServerUnaryReactor* PublishCodebook(
      grpc::CallbackServerContext* context,
      const v1::PublishCodebookRequest* request,
      v1::Codebook* response) override;
  grpc::ServerUnaryReactor* GetCodebook(grpc::CallbackServerContext* context,
                                        const v1::GetCodebookRequest* request,
                                        v1::Codebook* response) override;
  grpc::ServerUnaryReactor* ListCodebooks(
      grpc::CallbackServerContext* context,
      const v1::ListCodebooksRequest* request,
      v1::ListCodebooksResponse* response) override;
  grpc::ServerUnaryReactor* CreateRound(grpc::CallbackServerContext* context,
                                        const v1::CreateRoundRequest* request,
                                        v1::Round* response) override;
  grpc::ServerUnaryReactor* OpenRound(grpc::CallbackServerContext* context,
                                      const v1::OpenRoundRequest* request,
                                      v1::Round* response) override;
  grpc::ServerUnaryReactor* UpdateRound(grpc::CallbackServerContext* context,
                                        const v1::UpdateRoundRequest* request,
                                        v1::Round* response) override;
  grpc::ServerUnaryReactor* DeleteRound(
      grpc::CallbackServerContext* context,
      const v1::DeleteRoundRequest* request,
      google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* ReopenRound(grpc::CallbackServerContext* context,
                                        const v1::ReopenRoundRequest* request,
                                        v1::Round* response) override;
  grpc::ServerUnaryReactor* CloseRound(grpc::CallbackServerContext* context,
                                       const v1::CloseRoundRequest* request,
                                       v1::Round* response) override;
  grpc::ServerUnaryReactor* GetRound(grpc::CallbackServerContext* context,
                                     const v1::GetRoundRequest* request,
                                     v1::Round* response) override;
  grpc::ServerUnaryReactor* ListRounds(
      grpc::CallbackServerContext* context,
      const v1::ListRoundsRequest* request,
      v1::ListRoundsResponse* response) override;
  grpc::ServerUnaryReactor* GetRoundProgress(
      grpc::CallbackServerContext* context,
      const v1::GetRoundProgressRequest* request,
      v1::RoundProgress* response) override;
  grpc::ServerUnaryReactor* CreateSubmission(
      grpc::CallbackServerContext* context,
      const v1::CreateSubmissionRequest* request,
      v1::Submission* response) override;
  grpc::ServerUnaryReactor* UpdateSubmission(
      grpc::CallbackServerContext* context,
      const v1::UpdateSubmissionRequest* request,
      v1::Submission* response) override;
  grpc::ServerUnaryReactor* SubmitSubmission(
      grpc::CallbackServerContext* context,
      const v1::SubmitSubmissionRequest* request,
      v1::Submission* response) override;
  grpc::ServerUnaryReactor* AcceptSubmission(
      grpc::CallbackServerContext* context,
      const v1::AcceptSubmissionRequest* request,
      v1::Submission* response) override;
  grpc::ServerUnaryReactor* ReturnSubmission(
      grpc::CallbackServerContext* context,
      const v1::ReturnSubmissionRequest* request,
      v1::Submission* response) override;
  grpc::ServerUnaryReactor* GetSubmission(
      grpc::CallbackServerContext* context,
      const v1::GetSubmissionRequest* request,
      v1::Submission* response) override;
  grpc::ServerUnaryReactor* ListSubmissions(
      grpc::CallbackServerContext* context,
      const v1::ListSubmissionsRequest* request,
      v1::ListSubmissionsResponse* response) override;
  grpc::ServerUnaryReactor* ListSubmissionRevisions(
      grpc::CallbackServerContext* context,
      const v1::ListSubmissionRevisionsRequest* request,
      v1::ListSubmissionRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* BatchImportSubmissions(
      grpc::CallbackServerContext* context,
      const v1::ImportSubmissionsRequest* request,
      type::v1::ImportResult* response) override;
  grpc::ServerBidiReactor<v1::ImportSubmissionsRequest, type::v1::ImportResult>*
  ImportSubmissions(grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<v1::StreamRoundColumnsResponse>* StreamRoundColumns(
      grpc::CallbackServerContext* context,
      const v1::StreamRoundColumnsRequest* request) override;
  grpc::ServerWriteReactor<v1::StreamRoundChangesResponse>* StreamRoundChanges(
      grpc::CallbackServerContext* context,
      const v1::StreamRoundChangesRequest* request) override;
  grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>* WatchVersions(
      grpc::CallbackServerContext* context,
      const type::v1::WatchVersionsRequest* request) override;

 private:
  SurveyApi& api_;
  const platform::CallEnvironment& calls_;
};

}  // namespace welfare::survey
