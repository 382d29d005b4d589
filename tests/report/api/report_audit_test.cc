#include <gtest/gtest.h>

#include "tests/report/report_module_fixture.h"
#include "tests/support/audit_contract.h"
#include "tests/support/callers.h"

namespace welfare::report {
namespace {

using ReportAuditTest = testing::ReportModuleTest;

TEST_F(ReportAuditTest, ProvesItsAuditLog) {
  for (int i = 0; i < 3; ++i) ASSERT_OK(Create(Request()));
  support::ExpectProvenAuditLog(*stub_, "report");
}

TEST_F(ReportAuditTest, EveryChangeStandsInTheLog) {
  const auto report = Create(support::Identified(Request()));
  ASSERT_OK(report);
  v1::MakeFeedbackSheetsRequest make;
  make.set_parent(report->name());
  make.set_request_id(support::NewRequestId());
  ASSERT_OK(Ask(&v1::ReportService::Stub::MakeFeedbackSheets, make));
  v1::ListFeedbackSheetsRequest list;
  list.set_parent(report->name());
  ASSERT_OK(Ask(&v1::ReportService::Stub::ListFeedbackSheets, list));
  v1::GetFeedbackSheetRequest get;
  get.set_name(report->name() + "/feedbackSheets/131016-municipality");
  const auto sheet = Ask(&v1::ReportService::Stub::GetFeedbackSheet, get);
  ASSERT_OK(sheet);
  ASSERT_OK(DownloadSheet(sheet->name(), "pdf").status);
  v1::ConfirmFeedbackSheetRequest confirm;
  confirm.set_name(sheet->name());
  confirm.set_digest(sheet->digest());
  confirm.set_request_id(support::NewRequestId());
  ASSERT_OK(Ask(&v1::ReportService::Stub::ConfirmFeedbackSheet, confirm));
  v1::ObjectToFeedbackSheetRequest object;
  object.set_name(sheet->name());
  object.set_digest(sheet->digest());
  object.set_comment("違う");
  object.set_request_id(support::NewRequestId());
  ASSERT_OK(Ask(&v1::ReportService::Stub::ObjectToFeedbackSheet, object));
  ASSERT_OK(Publish(report->name(), type::v1::PUBLISH_LEVEL_PUBLIC,
                    support::NewRequestId()));
  ASSERT_OK(Withdraw(report->name(), "誤り", support::NewRequestId()));
  v1::CreateTemplateRevisionRequest revision;
  revision.set_parent("surveys/jusou/rounds/2025/templates/sample");
  revision.mutable_template_revision()->set_text(SmallTemplateYaml());
  revision.set_request_id(support::NewRequestId());
  grpc::ClientContext context;
  v1::TemplateRevision stored;
  ASSERT_TRUE(stub_->CreateTemplateRevision(&context, revision, &stored).ok());
  world_.ideas["131016-municipality"] = "集まりを開く";
  v1::CreateExcerptRequest excerpt;
  excerpt.set_parent("surveys/jusou/rounds/2025");
  excerpt.set_excerpt_id("quote-1");
  excerpt.mutable_excerpt()->set_submission(
      "surveys/jusou/rounds/2025/submissions/131016-municipality");
  excerpt.mutable_excerpt()->set_item("ideas");
  excerpt.mutable_excerpt()->set_edited_text("集まり");
  excerpt.mutable_excerpt()->set_category("居場所");
  excerpt.set_request_id(support::NewRequestId());
  const std::string name = "surveys/jusou/rounds/2025/excerpts/quote-1";
  v1::UpdateExcerptRequest update;
  update.mutable_excerpt()->set_name(name);
  update.mutable_excerpt()->set_category("集い");
  update.set_request_id(support::NewRequestId());
  v1::RecordExcerptConsentRequest consent;
  consent.set_name(name);
  consent.set_consent(v1::Excerpt::CONSENT_WITHDRAWN);
  consent.set_note("電話");
  consent.set_request_id(support::NewRequestId());
  v1::GetExcerptRequest get_excerpt;
  get_excerpt.set_name(name);
  v1::ListExcerptsRequest list_excerpts;
  list_excerpts.set_parent("surveys/jusou/rounds/2025");
  v1::Excerpt one;
  v1::ListExcerptsResponse all;
  const auto ask = [&](auto method, const auto& request, auto& answer) {
    grpc::ClientContext asked;
    EXPECT_TRUE((*stub_.*method)(&asked, request, &answer).ok());
  };
  using Stub = v1::ReportService::Stub;
  ask(static_cast<grpc::Status (Stub::*)(
          grpc::ClientContext*, const v1::CreateExcerptRequest&, v1::Excerpt*)>(
          &Stub::CreateExcerpt),
      excerpt, one);
  ask(static_cast<grpc::Status (Stub::*)(
          grpc::ClientContext*, const v1::UpdateExcerptRequest&, v1::Excerpt*)>(
          &Stub::UpdateExcerpt),
      update, one);
  ask(static_cast<grpc::Status (Stub::*)(
          grpc::ClientContext*, const v1::RecordExcerptConsentRequest&,
          v1::Excerpt*)>(&Stub::RecordExcerptConsent),
      consent, one);
  ask(static_cast<grpc::Status (Stub::*)(
          grpc::ClientContext*, const v1::GetExcerptRequest&, v1::Excerpt*)>(
          &Stub::GetExcerpt),
      get_excerpt, one);
  ask(static_cast<grpc::Status (Stub::*)(
          grpc::ClientContext*, const v1::ListExcerptsRequest&,
          v1::ListExcerptsResponse*)>(&Stub::ListExcerpts),
      list_excerpts, all);
  who_ = support::RespondentOf("jusou", "131016");
  v1::ListExcerptProposalsRequest list_own;
  list_own.set_parent("surveys/jusou/rounds/2025");
  const auto own = Ask(&Stub::ListExcerptProposals, list_own);
  ASSERT_OK(own);
  ASSERT_EQ(own->excerpt_proposals_size(), 1);
  v1::ConsentToExcerptRequest agree;
  agree.set_name(name);
  agree.set_consent(v1::Excerpt::CONSENT_WITHDRAWN);
  agree.set_digest(own->excerpt_proposals(0).digest());
  agree.set_request_id(support::NewRequestId());
  ASSERT_OK(Ask(&Stub::ConsentToExcerpt, agree));
  who_ = access::Identity::Local();
  support::ExpectAllIsAudited(*stub_, "welfare.report.v1.ReportService",
                              {"ConsentToExcerpt", "ListExcerptProposals"});
}

TEST_F(ReportAuditTest, EveryRefusalStandsInTheLog) {
  support::ModuleRunner runner(
      std::make_unique<ReportModule>(),
      std::vector<std::string>{"--assets-dir", assets_.path().string()});
  runner.SetPeer("survey", survey_server_.address());
  runner.SetPeer("indicator", indicator_server_.address());
  runner.SetPeer("registry", registry_server_.address());
  support::ExpectRefusalsAreAudited(runner, "welfare.report.v1.ReportService");
}

}  // namespace
}  // namespace welfare::report
