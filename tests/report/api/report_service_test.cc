// Reports listed, watched and refused.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/report/report_module.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::report {
namespace {

class ReportServiceTest : public testing::ReportModuleTest {};

TEST_F(ReportServiceTest, ListsByNameInPages) {
  for (int i = 0; i < 3; ++i) ASSERT_OK(Create(Request()));
  const auto first = List(2, "");
  ASSERT_OK(first);
  ASSERT_EQ(first->reports_size(), 2);
  EXPECT_EQ(first->reports(0).name(), "reports/sample-2025-0001");
  const auto second = List(2, first->next_page_token());
  ASSERT_OK(second);
  ASSERT_EQ(second->reports_size(), 1);
  EXPECT_EQ(second->reports(0).name(), "reports/sample-2025-0003");
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_STATUS(List(-1, ""), absl::StatusCode::kInvalidArgument,
                "PAGE_SIZE_INVALID");
  EXPECT_STATUS(List(2, "bm9uc2Vuc2U"), absl::StatusCode::kInvalidArgument,
                "PAGE_TOKEN_INVALID");
}

TEST_F(ReportServiceTest, ReportsEveryWrongFieldAtOnce) {
  v1::CreateReportRequest request;
  request.mutable_report()->set_round("rounds/2025");
  request.mutable_report()->set_data_version(-1);
  request.mutable_report()->set_basis(static_cast<type::v1::Basis::Kind>(99));
  const absl::Status status = Create(request).status();
  EXPECT_STATUS(status, absl::StatusCode::kInvalidArgument, "REPORT_INVALID");
  const auto details = base::GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> wrong;
  for (const base::Violation& violation : details->violations) {
    wrong.push_back(violation.field + " " + violation.reason);
  }
  EXPECT_THAT(wrong,
              ::testing::UnorderedElementsAre(
                  "report.template REQUIRED", "report.round NAME_FORMAT",
                  "report.basis ENUM_UNKNOWN", "report.data_version NEGATIVE"));
}

TEST_F(ReportServiceTest, ATemplateIsNamedByItsIdAndOfTheRoundsSurvey) {
  const auto reason_of = [this](const v1::CreateReportRequest& request) {
    const auto details = base::GetErrorDetails(Create(request).status());
    return details.has_value() && details->violations.size() == 1
               ? details->violations[0].reason
               : std::string();
  };
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_template_("見本");
  EXPECT_EQ(reason_of(request), "ID_INVALID");
  request = Request();
  request.mutable_report()->set_round("surveys/other/rounds/2025");
  EXPECT_EQ(reason_of(request), "SURVEY_MISMATCH");
}

TEST_F(ReportServiceTest, RefusesWhatDoesNotExist) {
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_template_("other");
  EXPECT_STATUS(Create(request), absl::StatusCode::kNotFound,
                "TEMPLATE_NOT_FOUND");
  request = Request();
  request.mutable_report()->set_round("surveys/jusou/rounds/2030");
  EXPECT_STATUS(Create(request), absl::StatusCode::kNotFound,
                "ROUND_NOT_FOUND");
  request.mutable_report()->set_round("surveys/other/rounds/2025");
  EXPECT_STATUS(Create(request), absl::StatusCode::kInvalidArgument,
                "REPORT_INVALID");
  EXPECT_STATUS(Get("reports/none"), absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
  EXPECT_STATUS(Download("reports/none", "html").status,
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_STATUS(Download(report->name(), "docx").status,
                absl::StatusCode::kInvalidArgument, "FORMAT_UNKNOWN");
}

TEST_F(ReportServiceTest, TellsWatchersTheNumberOfReports) {
  grpc::ClientContext context;
  const auto reader =
      stub_->WatchVersions(&context, type::v1::WatchVersionsRequest());
  type::v1::WatchVersionsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  ASSERT_EQ(message.entries_size(), 1);
  EXPECT_EQ(message.entries(0).resource(), "reports");
  EXPECT_EQ(message.entries(0).version(), 0);
  ASSERT_OK(Create(Request()));
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.entries(0).version(), 1);
  runner_->Stop();
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ReportModule, DoesNotStartWithAWrongTemplate) {
  const support::TempDir assets;
  const auto folder = assets.path() / "services/report/data/sample";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "template.yaml") << "template: sample\n";
  support::ModuleRunner runner(std::make_unique<ReportModule>(),
                               {"--assets-dir", assets.path().string()});
  for (const char* peer : {"survey", "indicator", "registry"}) {
    runner.SetPeer(peer, "unix:/nonexistent");
  }
  EXPECT_STATUS(runner.Start(), absl::StatusCode::kInvalidArgument,
                "TEMPLATE_INVALID");
}

}  // namespace
}  // namespace welfare::report
