#include <gtest/gtest.h>

#include <string>

#include "tests/support/audit_contract.h"
#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

using support::Identified;

class SurveyAudit : public SmallSurvey {
 protected:
  template <typename Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }

  static v1::ImportSubmissionsRequest File(const std::string& municipality) {
    v1::ImportSubmissionsRequest request;
    const std::string row = "small,2025," + municipality + ",municipality,";
    request.mutable_batch()->set_csv(
        "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
        "other_text,absence\n" +
        row + "has,no,,\n" + row + "words,words,,\n");
    return request;
  }

  template <typename Message, typename Stream>
  static void ReadAll(Stream& stream) {
    Message message;
    int messages = 0;
    while (stream.Read(&message)) ++messages;
    EXPECT_GT(messages, 0);
    EXPECT_TRUE(stream.Finish().ok());
  }

  void ChangeEverything() {
    ASSERT_OK(Call(&Stub::ImportCodebook, Identified(SmallCodebook())));
    ASSERT_OK(Call(&Stub::PublishCodebook,
                   Identified(Named<v1::PublishCodebookRequest>(
                       "surveys/small/codebooks/1"))));
    v1::ImportMappingRequest mapping;
    mapping.set_parent("surveys/small");
    mapping.set_content("survey: small\ncodebook: '1'\n");
    ASSERT_OK(Call(&Stub::ImportMapping, Identified(mapping)));
    for (const int year : {2025, 2026}) {
      ASSERT_OK(Call(&Stub::CreateRound,
                     Identified(RoundRequest("small", "1", year))));
    }
    auto remove = Named<v1::DeleteRoundRequest>("surveys/small/rounds/2026");
    remove.set_reason("by mistake");
    ASSERT_OK(Call(&Stub::DeleteRound, Identified(remove)));
    v1::UpdateRoundRequest edit;
    edit.mutable_round()->set_name(kRound);
    edit.mutable_round()->set_display_name("Other");
    edit.set_reason("a slip");
    ASSERT_OK(Call(&Stub::UpdateRound, Identified(edit)));
    ASSERT_OK(Call(&Stub::OpenRound,
                   Identified(Named<v1::OpenRoundRequest>(kRound))));

    v1::CreateSubmissionRequest create;
    create.set_parent(kRound);
    create.set_submission_id(kWho);
    *create.mutable_submission() = Complete();
    ASSERT_OK(Call(&Stub::CreateSubmission, Identified(create)));
    v1::UpdateSubmissionRequest update;
    *update.mutable_submission() = Complete();
    update.mutable_submission()->set_name(NameOf());
    update.mutable_submission()->mutable_answers(1)->set_text("others");
    ASSERT_OK(Call(&Stub::UpdateSubmission, Identified(update)));
    ASSERT_OK(Call(&Stub::SubmitSubmission,
                   Identified(Named<v1::SubmitSubmissionRequest>(NameOf()))));
    ASSERT_OK(Call(&Stub::AcceptSubmission,
                   Identified(Named<v1::AcceptSubmissionRequest>(NameOf()))));
    auto back = Named<v1::ReturnSubmissionRequest>(NameOf());
    back.set_reason("a reason");
    ASSERT_OK(Call(&Stub::ReturnSubmission, Identified(back)));

    const auto imported =
        Call(&Stub::BatchImportSubmissions, Identified(File("131024")));
    ASSERT_OK(imported);
    EXPECT_EQ(imported->counts().rejected(), 0);
    grpc::ClientContext context;
    const auto stream = stub_->ImportSubmissions(&context);
    type::v1::ImportResult result;
    ASSERT_TRUE(stream->Write(Identified(File("131032"))));
    ASSERT_TRUE(stream->Read(&result));
    EXPECT_EQ(result.counts().rejected(), 0);
    stream->WritesDone();
    ASSERT_TRUE(stream->Finish().ok());

    ASSERT_OK(Call(&Stub::CloseRound,
                   Identified(Named<v1::CloseRoundRequest>(kRound))));
    auto reopen = Named<v1::ReopenRoundRequest>(kRound);
    reopen.set_reason("a reason");
    ASSERT_OK(Call(&Stub::ReopenRound, Identified(reopen)));
  }

  void ReadEverything() {
    ASSERT_OK(Get());
    v1::ListSubmissionsRequest list;
    list.set_parent(kRound);
    ASSERT_OK(Call(&Stub::ListSubmissions, list));
    ASSERT_OK(Call(&Stub::ListSubmissionRevisions,
                   Named<v1::ListSubmissionRevisionsRequest>(NameOf())));
    {
      grpc::ClientContext context;
      ReadAll<v1::StreamRoundColumnsResponse>(*stub_->StreamRoundColumns(
          &context, Named<v1::StreamRoundColumnsRequest>(kRound)));
    }
    grpc::ClientContext context;
    ReadAll<v1::StreamRoundChangesResponse>(*stub_->StreamRoundChanges(
        &context, Named<v1::StreamRoundChangesRequest>(kRound)));
  }
};

TEST_F(SurveyAudit, ProvesItsAuditLog) {
  PrepareOpen();
  ASSERT_OK(Create(Complete(), "131016-municipality"));
  support::ExpectProvenAuditLog(*stub_, "survey");
}

TEST_F(SurveyAudit, EveryChangeAndEveryReadOfPersonalDataStandsInTheLog) {
  ASSERT_NO_FATAL_FAILURE(ChangeEverything());
  ASSERT_NO_FATAL_FAILURE(ReadEverything());
  support::ExpectAllIsAudited(*stub_, "welfare.survey.v1.SurveyService");
}

TEST_F(SurveyAudit, EveryRefusalStandsInTheLog) {
  support::ModuleRunner runner(std::make_unique<SurveyModule>());
  runner.SetPeer("registry", peer_.address());
  support::ExpectRefusalsAreAudited(runner, "welfare.survey.v1.SurveyService");
}

}  // namespace
}  // namespace welfare::survey
