// What a correction changes, as the service says it and the report prints it.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "tests/report/archive_files.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReportChangesTest : public testing::ReportModuleTest {
 protected:
  absl::StatusOr<v1::ListReportChangesResponse> ChangesPage(
      const std::string& name, const std::string& base, int size = 0,
      const std::string& token = "") {
    grpc::ClientContext context;
    v1::ListReportChangesRequest request;
    request.set_parent(name);
    request.set_base(base);
    request.set_page_size(size);
    request.set_page_token(token);
    v1::ListReportChangesResponse response;
    const grpc::Status status =
        stub_->ListReportChanges(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  // `figure row column before>after causes`, a `!` before what turned.
  std::vector<std::string> Changes(const std::string& name,
                                   const std::string& base) {
    const auto response = ChangesPage(name, base, 1000);
    EXPECT_OK(response);
    std::vector<std::string> told;
    for (const v1::ReportChange& change : response->changes()) {
      std::string line = change.sign_changed() ? "! " : "";
      line += change.figure() + " " + change.row() + " " + change.column() +
              " " + change.before() + ">" + change.after();
      for (const int cause : change.causes()) {
        line += " " + v1::ReportChange::Cause_Name(cause).substr(6);
      }
      told.push_back(std::move(line));
    }
    return told;
  }

  // One municipality has formulated what it said to be in progress.
  void CorrectOneAnswer() {
    IndicatorValue& plan = world_.snapshot.values.at("plan");
    plan.cells[0].count = 3;
    plan.cells[0].percent = "75.0";
    plan.cells[1].count = 0;
    plan.cells[1].percent = "0.0";
    world_.submissions["131024-municipality"] = "b";
    ++world_.revision;
  }

  static v1::CreateReportRequest Final() {
    v1::CreateReportRequest request = Request();
    request.mutable_report()->set_edition(v1::Report::EDITION_FINAL);
    return request;
  }
};

TEST_F(ReportChangesTest, OneCorrectedAnswerGivesExactlyItsErrata) {
  const auto before = Create(Final());
  ASSERT_OK(before);
  ASSERT_OK(Publish(before->name()));
  CorrectOneAnswer();
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_edition(v1::Report::EDITION_CORRECTED);
  request.mutable_report()->set_corrects(before->name());
  request.mutable_report()->set_correction_reason("試験市の回答の訂正");
  const auto after = Create(request);
  ASSERT_OK(after);
  EXPECT_THAT(
      Changes(after->name(), before->name()),
      ElementsAre("! p03_plan in_progress count 1>0 CORRECTION",
                  "p03_plan formulated count 2>3 CORRECTION",
                  "p03_plan formulated percent 50.0>75.0 CORRECTION",
                  "p03_plan in_progress percent 25.0>0.0 CORRECTION"));
  // The correction prints them, in every format.
  const std::string page = Download(after->name(), "html").bytes;
  EXPECT_THAT(page, HasSubstr("訂正前の報告書から4か所を改めた"));
  EXPECT_THAT(page, HasSubstr("訂正の理由：試験市の回答の訂正。"));
  const auto tables =
      testing::Unzip(Download(after->name(), "csv").bytes);
  ASSERT_TRUE(tables.contains("synthetic-annex3_errata.csv"));
  EXPECT_THAT(
      tables.at("synthetic-annex3_errata.csv"),
      HasSubstr("\r\nannex3_errata,1,CORRECTED,1,1,3,計画の策定状況,策定中,"
                "令和7年度 回答数,1,0,入れ替わる,回答の訂正,\r\n"));
  EXPECT_THAT(
      tables.at("synthetic-annex3_errata.csv"),
      HasSubstr("\r\nannex3_errata,1,CORRECTED,3,3,3,計画の策定状況,策定済み,"
                "令和7年度 割合（%）,50.0,75.0,,回答の訂正,"
                "turned=NOT_APPLICABLE\r\n"));
  // A correction of the correction is held against that one.
  ASSERT_OK(Publish(after->name()));
  request.mutable_report()->set_corrects(after->name());
  const auto again = Create(request);
  ASSERT_OK(again);
  EXPECT_THAT(Download(again->name(), "html").bytes,
              HasSubstr("訂正前の報告書から改めた数値はない"));
}

TEST_F(ReportChangesTest, EachCauseIsTold) {
  const auto first = Create(Request());
  ASSERT_OK(first);
  EXPECT_THAT(Changes(first->name(), first->name()), IsEmpty());
  // Who came late.
  world_.snapshot.values.at("plan").cells[2].count = 1;
  world_.submissions["131032-municipality"] = "a";
  const auto late = Create(Request());
  ASSERT_OK(late);
  EXPECT_THAT(Changes(late->name(), first->name()),
              ElementsAre("! p03_plan none count 0>1 LATE_SUBMISSION",
                          "! p03_plan none percent 0.0>25.0 LATE_SUBMISSION"));
  // The other way round he is gone.
  EXPECT_THAT(Changes(first->name(), late->name()),
              ElementsAre("! p03_plan none count 1>0 RETURNED",
                          "! p03_plan none percent 25.0>0.0 RETURNED"));
  // Computed otherwise.
  world_.snapshot.values.at("plan").cells[2].count = 2;
  world_.snapshot.values.at("plan").definition_digest = "another";
  const auto defined = Create(Request());
  ASSERT_OK(defined);
  EXPECT_THAT(Changes(defined->name(), late->name()),
              ElementsAre("p03_plan none count 1>2 DEFINITION",
                          "p03_plan none percent 25.0>50.0 DEFINITION"));
  // The registry.
  world_.snapshot.rosters.back().entries[0].area = "島しょ";
  const auto moved = Create(Request());
  ASSERT_OK(moved);
  for (const std::string& change : Changes(moved->name(), defined->name())) {
    EXPECT_THAT(change, HasSubstr(" REGISTRY"));
  }
  EXPECT_GT(Changes(moved->name(), defined->name()).size(), 1U);
}

TEST_F(ReportChangesTest, ComesInPages) {
  const auto before = Create(Request());
  ASSERT_OK(before);
  CorrectOneAnswer();
  const auto after = Create(Request());
  ASSERT_OK(after);
  std::vector<std::string> rows;
  std::string token;
  do {
    const auto page = ChangesPage(after->name(), before->name(), 3, token);
    ASSERT_OK(page);
    EXPECT_EQ(page->total_size(), 4);
    EXPECT_EQ(page->sign_changes(), 1);
    EXPECT_LE(page->changes_size(), 3);
    for (const auto& change : page->changes()) rows.push_back(change.row());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_THAT(rows, ElementsAre("in_progress", "formulated", "formulated",
                                "in_progress"));
  EXPECT_STATUS(ChangesPage(after->name(), before->name(), 3, "bm9uc2Vuc2U"),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(ReportChangesTest, AreComparedOnceForAllPages) {
  const auto asked = [this](const std::string& result) {
    const std::string text = runner_->metrics().Expose();
    const std::string name =
        "welfare_cache_requests_total{cache=\"memory\",result=\"" + result +
        "\"} ";
    const std::size_t at = text.find(name);
    return at == std::string::npos
               ? 0
               : std::stoi(text.substr(at + name.size()));
  };
  const auto before = Create(Request());
  ASSERT_OK(before);
  CorrectOneAnswer();
  const auto after = Create(Request());
  ASSERT_OK(after);
  const std::vector<std::string> changes =
      Changes(after->name(), before->name());
  EXPECT_EQ(asked("miss"), 1);
  for (int i = 0; i < 3; ++i) {
    const auto page = ChangesPage(after->name(), before->name(), 1);
    ASSERT_OK(page);
    EXPECT_EQ(page->total_size(), 4);
    EXPECT_EQ(page->sign_changes(), 1);
  }
  EXPECT_EQ(asked("miss"), 1);
  EXPECT_EQ(asked("hit"), 3);
  // The other way round is another list.
  EXPECT_NE(Changes(before->name(), after->name()), changes);
  EXPECT_EQ(asked("miss"), 2);
  EXPECT_EQ(Changes(after->name(), before->name()), changes);
  EXPECT_EQ(asked("miss"), 2);
}

TEST_F(ReportChangesTest, BothHaveToBeReadable) {
  const auto before = Create(Request());
  ASSERT_OK(before);
  const auto after = Create(Request());
  ASSERT_OK(after);
  ASSERT_OK(Publish(after->name()));
  EXPECT_STATUS(ChangesPage(after->name(), ""), absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
  who_ = access::Identity::Anonymous();
  EXPECT_STATUS(ChangesPage(after->name(), before->name()),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  who_ = access::Identity::Local();
  ASSERT_OK(Publish(before->name()));
  who_ = access::Identity::Anonymous();
  EXPECT_OK(ChangesPage(after->name(), before->name()));
  who_ = access::Identity::Local();
  ASSERT_OK(Withdraw(before->name(), "誤り"));
  EXPECT_OK(ChangesPage(after->name(), before->name()));
  who_ = access::Identity::Anonymous();
  EXPECT_STATUS(ChangesPage(after->name(), before->name()),
                absl::StatusCode::kFailedPrecondition, "REPORT_WITHDRAWN");
}

}  // namespace
}  // namespace welfare::report
