#include "services/survey/api/survey_service.h"

#include "welfare/survey/v1/survey_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::survey {

SurveyService::SurveyService(const SurveyCalls& survey,
                             const platform::CallEnvironment& calls)
    : MethodTable("welfare.survey.v1.SurveyService", calls) {
  BulkUnary("ImportCodebook", &CodebookCalls::ImportCodebook, survey.codebooks);
  Unary("PublishCodebook", &CodebookCalls::PublishCodebook, survey.codebooks);
  Unary("GetCodebook", &CodebookCalls::GetCodebook, survey.codebooks);
  Unary("ListCodebooks", &CodebookCalls::ListCodebooks, survey.codebooks);
  BulkUnary("ImportMapping", &MappingCalls::ImportMapping, survey.mappings);
  Unary("GetMapping", &MappingCalls::GetMapping, survey.mappings);
  Unary("ListMappings", &MappingCalls::ListMappings, survey.mappings);

  Unary("CreateRound", &RoundCalls::CreateRound, survey.rounds);
  Unary("OpenRound", &RoundCalls::OpenRound, survey.rounds);
  Unary("UpdateRound", &RoundCalls::UpdateRound, survey.rounds);
  Unary("DeleteRound", &RoundCalls::DeleteRound, survey.rounds);
  Unary("ReopenRound", &RoundCalls::ReopenRound, survey.rounds);
  Unary("CloseRound", &RoundCalls::CloseRound, survey.rounds);
  Unary("GetRound", &RoundCalls::GetRound, survey.rounds);
  Unary("ListRounds", &RoundCalls::ListRounds, survey.rounds);
  Unary("GetRoundProgress", &RoundCalls::GetRoundProgress, survey.rounds);

  Unary("CreateSubmission", &SubmissionCalls::CreateSubmission,
        survey.submissions);
  Unary("UpdateSubmission", &SubmissionCalls::UpdateSubmission,
        survey.submissions);
  Unary("SubmitSubmission", &SubmissionCalls::SubmitSubmission,
        survey.submissions);
  Unary("AcceptSubmission", &SubmissionCalls::AcceptSubmission,
        survey.submissions);
  Unary("ReturnSubmission", &SubmissionCalls::ReturnSubmission,
        survey.submissions);
  Unary("GetSubmission", &SubmissionReads::GetSubmission,
        survey.submission_reads);
  Unary("ListSubmissions", &SubmissionReads::ListSubmissions,
        survey.submission_reads);
  Unary("ListSubmissionRevisions", &SubmissionReads::ListSubmissionRevisions,
        survey.submission_reads);
  BulkUnary("BatchImportSubmissions", &ImportCalls::ImportSubmissions,
            survey.imports);
  BidiStream("ImportSubmissions", [&imports = survey.imports] {
    return [&imports](const platform::CallContext& call,
                      const v1::ImportSubmissionsRequest& request,
                      type::v1::ImportResult& response) {
      return imports.ImportSubmissions(call, request, response);
    };
  });

  ServerStream("StreamRoundColumns", [&streams = survey.streams](
                                         const v1::StreamRoundColumnsRequest&) {
    return streams.StreamRoundColumns();
  });
  FollowingStream("StreamRoundChanges", &v1::StreamRoundChangesRequest::follow,
                  [&streams = survey.streams](
                      const v1::StreamRoundChangesRequest& request) {
                    return streams.StreamRoundChanges(request);
                  });
  Unary("ListAuditRecords", &platform::AuditCalls::List, survey.audit);
  Unary("GetAuditHead", &platform::AuditCalls::Head, survey.audit);
  Unary("ProveAudit", &platform::AuditCalls::Prove, survey.audit);
  WatchVersions<type::v1::WatchVersionsRequest,
                type::v1::WatchVersionsResponse>();
  Complete();
}

SurveyService::~SurveyService() = default;

}  // namespace welfare::survey
