#include <gtest/gtest.h>

#include "tests/report/report_module_fixture.h"
#include "tests/support/audit_contract.h"

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
  ASSERT_OK(Publish(report->name(), type::v1::PUBLISH_LEVEL_PUBLIC,
                    support::NewRequestId()));
  ASSERT_OK(Withdraw(report->name(), "誤り",
                     support::NewRequestId()));
  v1::CreateTemplateRevisionRequest revision;
  revision.set_parent("surveys/jusou/rounds/2025/templates/sample");
  revision.mutable_template_revision()->set_text(SmallTemplateYaml());
  revision.set_request_id(support::NewRequestId());
  grpc::ClientContext context;
  v1::TemplateRevision stored;
  ASSERT_TRUE(
      stub_->CreateTemplateRevision(&context, revision, &stored).ok());
  support::ExpectAllIsAudited(*stub_, "welfare.report.v1.ReportService");
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
