// Feedback sheets through the service: made, read by whom they are for, judged.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using support::Granted;
using support::RespondentOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class FeedbackTest : public testing::ReportModuleTest {
 protected:
  void SetUp() override {
    testing::ReportModuleTest::SetUp();
    const auto report = Create(Request());
    ASSERT_OK(report);
    report_ = report->name();
  }

  absl::StatusOr<v1::MakeFeedbackSheetsResponse> Make(
      const std::string& request_id = "") {
    v1::MakeFeedbackSheetsRequest request;
    request.set_parent(report_);
    request.set_request_id(request_id);
    return Ask(&v1::ReportService::Stub::MakeFeedbackSheets, request);
  }

  absl::StatusOr<v1::FeedbackSheet> GetSheet(const std::string& id) {
    v1::GetFeedbackSheetRequest request;
    request.set_name(report_ + "/feedbackSheets/" + id);
    return Ask(&v1::ReportService::Stub::GetFeedbackSheet, request);
  }

  std::vector<std::string> ListSheets(
      v1::FeedbackSheet::State state = v1::FeedbackSheet::STATE_UNSPECIFIED) {
    std::vector<std::string> ids;
    v1::ListFeedbackSheetsRequest request;
    request.set_parent(report_);
    request.set_state(state);
    request.set_page_size(2);
    do {
      const auto page =
          Ask(&v1::ReportService::Stub::ListFeedbackSheets, request);
      EXPECT_OK(page);
      if (!page.ok()) break;
      for (const auto& sheet : page->feedback_sheets()) {
        ids.push_back(sheet.name().substr(sheet.name().rfind('/') + 1));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

  testing::Downloaded DownloadSheet(const std::string& id,
                                    const std::string& format,
                                    std::int64_t offset = 0) {
    return ReportModuleTest::DownloadSheet(report_ + "/feedbackSheets/" + id,
                                           format, offset);
  }

  absl::StatusOr<v1::FeedbackSheet> Confirm(const std::string& id,
                                            const std::string& digest,
                                            const std::string& comment = "") {
    v1::ConfirmFeedbackSheetRequest request;
    request.set_name(report_ + "/feedbackSheets/" + id);
    request.set_digest(digest);
    request.set_comment(comment);
    return Ask(&v1::ReportService::Stub::ConfirmFeedbackSheet, request);
  }

  absl::StatusOr<v1::FeedbackSheet> Object(const std::string& id,
                                           const std::string& digest,
                                           const std::string& comment) {
    v1::ObjectToFeedbackSheetRequest request;
    request.set_name(report_ + "/feedbackSheets/" + id);
    request.set_digest(digest);
    request.set_comment(comment);
    return Ask(&v1::ReportService::Stub::ObjectToFeedbackSheet, request);
  }

  std::string report_;
};

TEST_F(FeedbackTest, MakesASheetForEveryRespondentAndEveryPair) {
  const auto made = Make();
  ASSERT_OK(made);
  EXPECT_EQ(made->own_sheets(), 10);
  EXPECT_EQ(made->pair_sheets(), 5);
  const std::vector<std::string> ids = ListSheets();
  ASSERT_THAT(ids, SizeIs(15));
  EXPECT_EQ(ids[0], "131016-municipality");
  EXPECT_EQ(ids[1], "131016-council");
  EXPECT_EQ(ids[2], "131016-pair");
  const auto sheet = GetSheet("131016-council");
  ASSERT_OK(sheet);
  EXPECT_EQ(sheet->kind(), v1::FeedbackSheet::KIND_OWN);
  EXPECT_EQ(sheet->state(), v1::FeedbackSheet::STATE_UNCONFIRMED);
  EXPECT_EQ(sheet->municipality_code(), "131016");
  EXPECT_EQ(sheet->respondent_kind(), type::v1::RESPONDENT_KIND_COUNCIL);
  EXPECT_THAT(sheet->display_name(), HasSubstr("見本区社会福祉協議会"));
  EXPECT_EQ(sheet->digest().size(), 64U);
  EXPECT_TRUE(sheet->synthetic());
  EXPECT_TRUE(sheet->has_create_time());
  EXPECT_FALSE(sheet->has_judge_time());
}

TEST_F(FeedbackTest, FilesAreStoredAndPrintTheirNumber) {
  ASSERT_OK(Make());
  const auto sheet = GetSheet("131016-municipality");
  ASSERT_OK(sheet);
  const testing::Downloaded page = DownloadSheet("131016-municipality", "html");
  ASSERT_OK(page.status);
  EXPECT_EQ(page.filename, "synthetic-feedback-131016-municipality.html");
  EXPECT_EQ(page.digest, base::Sha256Hex(page.bytes));
  EXPECT_EQ(page.size, static_cast<std::int64_t>(page.bytes.size()));
  EXPECT_THAT(page.bytes, HasSubstr(sheet->digest()));
  EXPECT_THAT(page.bytes, HasSubstr("見本区　御中"));
  const testing::Downloaded paper = DownloadSheet("131016-municipality", "pdf");
  ASSERT_OK(paper.status);
  EXPECT_TRUE(paper.bytes.starts_with("%PDF"));
  // A transfer that was cut goes on.
  EXPECT_EQ(DownloadSheet("131016-municipality", "pdf", 100).bytes,
            paper.bytes.substr(100));
  EXPECT_STATUS(DownloadSheet("131016-municipality", "csv").status,
                absl::StatusCode::kInvalidArgument, "FORMAT_UNKNOWN");
  EXPECT_STATUS(DownloadSheet("131016-municipality", "pdf", -1).status,
                absl::StatusCode::kInvalidArgument, "OFFSET_INVALID");
  EXPECT_STATUS(DownloadSheet("131016-nobody", "pdf").status,
                absl::StatusCode::kNotFound, "FEEDBACK_NOT_FOUND");
}

TEST_F(FeedbackTest, EqualContentGivesEqualBytes) {
  ASSERT_OK(Make());
  const auto first = GetSheet("131024-municipality");
  const auto again = Create(Request());
  ASSERT_OK(again);
  report_ = again->name();
  ASSERT_OK(Make());
  const auto second = GetSheet("131024-municipality");
  ASSERT_OK(second);
  EXPECT_EQ(first->digest(), second->digest());
  EXPECT_EQ(first->files(0).digest(), second->files(0).digest());
  EXPECT_EQ(first->files(1).digest(), second->files(1).digest());
  // And one answer more makes another.
  {
    const std::lock_guard lock(world_.mutex);
    world_.answers.now.respondents[2].answers[0].codes = 2;
  }
  const auto changed = Create(Request());
  ASSERT_OK(changed);
  report_ = changed->name();
  ASSERT_OK(Make());
  EXPECT_NE(first->digest(), GetSheet("131024-municipality")->digest());
}

TEST_F(FeedbackTest, AReportHasItsSheetsOnce) {
  const std::string id = "6f0f8f0a-0000-4000-8000-000000000001";
  ASSERT_OK(Make(id));
  const auto repeat = Make(id);
  ASSERT_OK(repeat);
  EXPECT_EQ(repeat->own_sheets(), 10);
  EXPECT_STATUS(Make(), absl::StatusCode::kAlreadyExists, "FEEDBACK_EXISTS");
}

TEST_F(FeedbackTest, IsOverOnceTheReportIsPublished) {
  ASSERT_OK(Make());
  const std::string digest = GetSheet("131016-council")->digest();
  ASSERT_OK(Publish(report_, type::v1::PUBLISH_LEVEL_AGGREGATE));
  EXPECT_STATUS(Confirm("131016-council", digest),
                absl::StatusCode::kFailedPrecondition, "FEEDBACK_LATE");
  const auto other = Create(Request());
  ASSERT_OK(other);
  ASSERT_OK(Publish(other->name(), type::v1::PUBLISH_LEVEL_AGGREGATE));
  report_ = other->name();
  EXPECT_STATUS(Make(), absl::StatusCode::kFailedPrecondition,
                "FEEDBACK_LATE");
}

TEST_F(FeedbackTest, ARespondentSeesItsOwnAlone) {
  ASSERT_OK(Make());
  const std::string digest = GetSheet("131016-council")->digest();
  who_ = RespondentOf("jusou", "131016", "council");
  EXPECT_THAT(ListSheets(), ElementsAre("131016-council"));
  ASSERT_OK(GetSheet("131016-council"));
  ASSERT_OK(DownloadSheet("131016-council", "pdf").status);
  for (const char* other :
       {"131016-municipality", "131024-council", "131016-pair"}) {
    EXPECT_STATUS(GetSheet(other), absl::StatusCode::kNotFound,
                  "FEEDBACK_NOT_FOUND");
    const testing::Downloaded none = DownloadSheet(other, "html");
    EXPECT_STATUS(none.status, absl::StatusCode::kNotFound,
                  "FEEDBACK_NOT_FOUND");
    EXPECT_EQ(none.bytes, "");
    EXPECT_STATUS(Confirm(other, digest), absl::StatusCode::kNotFound,
                  "FEEDBACK_NOT_FOUND");
  }
  // The report itself is not published to it.
  EXPECT_STATUS(Get(report_), absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  EXPECT_STATUS(Make(), absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
  who_ = RespondentOf("other", "131016", "council");
  EXPECT_STATUS(GetSheet("131016-council"), absl::StatusCode::kNotFound,
                "FEEDBACK_NOT_FOUND");
}

TEST_F(FeedbackTest, APairIsShownToBothWhereEveryLevelDoes) {
  {
    const std::lock_guard lock(world_.mutex);
    world_.answers.now.items[0].level = PublishLevel::kStakeholders;
    world_.answers.now.items[5].level = PublishLevel::kStakeholders;
  }
  ASSERT_OK(Make());
  for (const char* kind : {"municipality", "council"}) {
    who_ = RespondentOf("jusou", "131024", kind);
    EXPECT_THAT(ListSheets(),
                ElementsAre(std::string("131024-") + kind, "131024-pair"));
    ASSERT_OK(DownloadSheet("131024-pair", "html").status);
    EXPECT_STATUS(GetSheet("131016-pair"), absl::StatusCode::kNotFound,
                  "FEEDBACK_NOT_FOUND");
  }
}

TEST_F(FeedbackTest, ARespondentIsFoundUnderAnotherCodeOfItsMunicipality) {
  {
    const std::lock_guard lock(world_.mutex);
    world_.answers.now.respondents[0].other_codes = {"131067"};
  }
  ASSERT_OK(Make());
  who_ = RespondentOf("jusou", "131067");
  EXPECT_THAT(ListSheets(), ElementsAre("131016-municipality"));
}

TEST_F(FeedbackTest, StaffOfTheSurveyReadsAllAndNobodyElseAny) {
  ASSERT_OK(Make());
  for (const char* grant : {"manager@jusou", "reviewer@jusou"}) {
    who_ = Granted({grant});
    EXPECT_THAT(ListSheets(), SizeIs(15));
    EXPECT_OK(GetSheet("131016-pair"));
  }
  who_ = Granted({"manager@other"});
  EXPECT_STATUS(GetSheet("131016-council"), absl::StatusCode::kNotFound,
                "FEEDBACK_NOT_FOUND");
  v1::ListFeedbackSheetsRequest request;
  request.set_parent(report_);
  EXPECT_STATUS(Ask(&v1::ReportService::Stub::ListFeedbackSheets, request),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  who_ = Granted({"auditor@jusou"});
  EXPECT_STATUS(GetSheet("131016-council"),
                absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
}

TEST_F(FeedbackTest, WhoReadItSaysWhetherItIsRight) {
  ASSERT_OK(Make());
  who_ = RespondentOf("jusou", "131016");
  const std::string digest = GetSheet("131016-municipality")->digest();
  const auto objected =
      Object("131016-municipality", digest, "問1は策定中が正しい。\n確認を願う");
  ASSERT_OK(objected);
  EXPECT_EQ(objected->state(), v1::FeedbackSheet::STATE_OBJECTED);
  EXPECT_EQ(objected->judged_by(), "somebody");
  EXPECT_TRUE(objected->has_judge_time());
  EXPECT_THAT(objected->comment(), HasSubstr("策定中"));
  who_ = Granted({"reviewer@jusou"});
  EXPECT_THAT(ListSheets(v1::FeedbackSheet::STATE_OBJECTED),
              ElementsAre("131016-municipality"));
  EXPECT_THAT(ListSheets(v1::FeedbackSheet::STATE_UNCONFIRMED), SizeIs(9));
  // For a respondent that answered by telephone.
  const auto confirmed =
      Confirm("131016-municipality", digest, "電話で確認した。");
  ASSERT_OK(confirmed);
  EXPECT_EQ(confirmed->state(), v1::FeedbackSheet::STATE_CONFIRMED);
  EXPECT_THAT(ListSheets(v1::FeedbackSheet::STATE_OBJECTED), IsEmpty());
}

TEST_F(FeedbackTest, RefusesWhatSaysNothingOrIsOfAnotherSheet) {
  ASSERT_OK(Make());
  const std::string digest = GetSheet("131016-council")->digest();
  EXPECT_STATUS(Confirm("131016-council", ""),
                absl::StatusCode::kInvalidArgument, "FEEDBACK_INVALID");
  EXPECT_STATUS(Object("131016-council", digest, " "),
                absl::StatusCode::kInvalidArgument, "FEEDBACK_INVALID");
  EXPECT_STATUS(
      Object("131016-council", digest, std::string(7000, 'x')),
      absl::StatusCode::kInvalidArgument, "FEEDBACK_INVALID");
  EXPECT_STATUS(Confirm("131016-municipality", digest),
                absl::StatusCode::kFailedPrecondition,
                "FEEDBACK_OTHER_CONTENT");
  EXPECT_STATUS(
      Confirm("131016-pair", GetSheet("131016-pair")->digest()),
      absl::StatusCode::kFailedPrecondition, "FEEDBACK_OF_PAIR");
  v1::MakeFeedbackSheetsRequest request;
  request.set_parent("surveys/jusou");
  EXPECT_STATUS(Ask(&v1::ReportService::Stub::MakeFeedbackSheets, request),
                absl::StatusCode::kInvalidArgument, "FEEDBACK_INVALID");
  request.set_parent("reports/none-2025-0001");
  EXPECT_STATUS(Ask(&v1::ReportService::Stub::MakeFeedbackSheets, request),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
}

// The template that the report was made from, whatever was stored since.
TEST_F(FeedbackTest, ComparesYearsAsTheTemplateOfItsReportDeclares) {
  const auto declare = [&](const std::string& declared) {
    v1::CreateTemplateRevisionRequest request;
    request.set_parent("surveys/jusou/rounds/2025/templates/sample");
    request.mutable_template_revision()->set_text(
        SmallTemplateYaml() + "comparability:\n" + declared);
    ASSERT_OK(Ask(&v1::ReportService::Stub::CreateTemplateRevision, request));
    const auto report = Create(Request());
    ASSERT_OK(report);
    report_ = report->name();
  };
  const auto words = [&] {
    return DownloadSheet("131016-municipality", "html").bytes;
  };
  ASSERT_OK(Make());
  EXPECT_THAT(words(), HasSubstr("比べられると定められていない"));
  EXPECT_THAT(words(), Not(HasSubstr("聞き方を改めた")));
  declare("  - {broken: wording, note: 聞き方を改めた, indicators: plan}\n");
  const std::string made_then = report_;
  declare("  - {since: 2024, indicators: plan}\n");
  ASSERT_OK(Make());
  const std::string compared = words();
  EXPECT_THAT(compared, Not(HasSubstr("聞き方を改めた")));
  report_ = made_then;
  ASSERT_OK(Make());
  EXPECT_THAT(words(), HasSubstr("設問の文言が変わったため、並べて示さない（聞き方"
                                 "を改めた）"));
}

TEST_F(FeedbackTest, ReadsTheRevisionsOfItsReport) {
  // The round has moved since.
  {
    const std::lock_guard lock(world_.mutex);
    world_.revision = 200;
  }
  ASSERT_OK(Make());
}

TEST_F(FeedbackTest, WithoutPeersThereAreNoSheets) {
  {
    const std::lock_guard lock(world_.mutex);
    world_.columns = {grpc::StatusCode::UNAVAILABLE, "gone"};
  }
  EXPECT_STATUS(Make(), absl::StatusCode::kUnavailable, "SURVEY_UNAVAILABLE");
  {
    const std::lock_guard lock(world_.mutex);
    world_.columns = grpc::Status::OK;
    world_.columns_left_out = 1;
  }
  EXPECT_STATUS(Make(), absl::StatusCode::kInternal, "INTERNAL");
  {
    const std::lock_guard lock(world_.mutex);
    world_.columns_left_out = 0;
    world_.survey_store = "another";
  }
  EXPECT_STATUS(Make(), absl::StatusCode::kFailedPrecondition,
                "STORE_RESTORED");
  EXPECT_THAT(ListSheets(), IsEmpty());
}

}  // namespace
}  // namespace welfare::report
