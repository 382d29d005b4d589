// A report for stakeholders beside the one for everybody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"
#include "services/report/render/csv/zip_archive.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AudienceTest : public testing::ReportModuleTest {
 protected:
  static v1::CreateReportRequest ForStakeholders() {
    v1::CreateReportRequest request = Request();
    request.mutable_report()->set_audience(
        v1::Report::AUDIENCE_STAKEHOLDERS);
    return request;
  }
};

TEST_F(AudienceTest, NamesWhoAnsweredAndIsMarkedEverywhere) {
  const auto report = Create(ForStakeholders());
  ASSERT_OK(report);
  EXPECT_EQ(report->audience(), v1::Report::AUDIENCE_STAKEHOLDERS);
  EXPECT_THAT(report->display_name(), HasSubstr("関係者限り"));
  for (const v1::Report::File& file : report->files()) {
    EXPECT_THAT(file.filename(), HasSubstr("synthetic-stakeholders-"));
  }
  const std::string page = Download(report->name(), "html").bytes;
  EXPECT_THAT(page, HasSubstr("団体名の一覧（関係者限り）"));
  EXPECT_THAT(page, HasSubstr("子ども食堂と"));
  // Every page and every figure says so.
  const auto count = [&](const std::string& of, const std::string& in) {
    int found = 0;
    for (std::size_t at = in.find(of); at != std::string::npos;
         at = in.find(of, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("<section", page),
            count("<span class=\"synthetic\">架空データ・速報・関係者限り", page));
  EXPECT_EQ(count("<figcaption>", page),
            count("<span class=\"made-up\">架空データ・速報・関係者限り", page));
  // Every table and every row of the data.
  const auto archive = ReadZipArchive(Download(report->name(), "csv").bytes);
  ASSERT_OK(archive);
  for (const auto& [name, text] : *archive) {
    if (name.find("dictionary") != std::string::npos ||
        !name.ends_with(".csv") || name.find('/') != std::string::npos) {
      continue;
    }
    EXPECT_THAT(name, HasSubstr("stakeholders-"));
    EXPECT_EQ(count("\r\n", text), count(",STAKEHOLDERS\r\n", text) + 1)
        << name;
    EXPECT_THAT(text, HasSubstr(",audience\r\n")) << name;
  }
  EXPECT_THAT(Download(report->name(), "json").bytes,
              HasSubstr("\"audience\":\"STAKEHOLDERS\""));
}

TEST_F(AudienceTest, LeavesTheReportForEverybodyAsItIs) {
  const auto before = Create(Request());
  ASSERT_OK(before);
  EXPECT_EQ(before->audience(), v1::Report::AUDIENCE_EVERYBODY);
  ASSERT_OK(Create(ForStakeholders()));
  const auto after = Create(Request());
  ASSERT_OK(after);
  EXPECT_EQ(before->snapshot(), after->snapshot());
  for (int i = 0; i < before->files_size(); ++i) {
    EXPECT_EQ(before->files(i).digest(), after->files(i).digest());
  }
  for (const char* format : {"html", "csv", "json"}) {
    const std::string bytes = Download(before->name(), format).bytes;
    EXPECT_THAT(bytes, Not(HasSubstr("関係者限り"))) << format;
    EXPECT_THAT(bytes, Not(HasSubstr("子ども食堂"))) << format;
    EXPECT_THAT(bytes, Not(HasSubstr("audience"))) << format;
  }
}

TEST_F(AudienceTest, IsRenderedAgainFromWhatIsStored) {
  const auto report = Create(ForStakeholders());
  ASSERT_OK(report);
  v1::VerifyReportRequest request;
  request.set_name(report->name());
  const auto verified = Ask(&v1::ReportService::Stub::VerifyReport, request);
  ASSERT_OK(verified);
  EXPECT_EQ(verified->files_size(), report->files_size());
  for (const v1::VerifiedFile& file : verified->files()) {
    EXPECT_EQ(file.verdict(), v1::VerifiedFile::VERDICT_EQUAL) << file.format();
  }
}

TEST_F(AudienceTest, IsNeverPublishedToEverybody) {
  const auto report = Create(ForStakeholders());
  ASSERT_OK(report);
  for (const auto level : {type::v1::PUBLISH_LEVEL_AGGREGATE,
                           type::v1::PUBLISH_LEVEL_PUBLIC}) {
    EXPECT_STATUS(Publish(report->name(), level),
                  absl::StatusCode::kFailedPrecondition, "AUDIENCE_WIDER");
  }
  EXPECT_EQ(Get(report->name())->state(), v1::Report::STATE_CREATED);
  ASSERT_OK(Publish(report->name(), type::v1::PUBLISH_LEVEL_STAKEHOLDERS));
  who_ = access::Identity::Anonymous();
  EXPECT_STATUS(Get(report->name()), absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
  EXPECT_STATUS(Download(report->name(), "html").status,
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  who_ = support::RespondentOf("jusou", "131016");
  EXPECT_OK(Download(report->name(), "html").status);
  who_ = support::RespondentOf("other", "131016");
  EXPECT_STATUS(Get(report->name()), absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
}

TEST_F(AudienceTest, IsASeriesOfItsOwn) {
  v1::CreateReportRequest final_one = Request();
  final_one.mutable_report()->set_edition(v1::Report::EDITION_FINAL);
  const auto everybodys = Create(final_one);
  ASSERT_OK(everybodys);
  ASSERT_OK(Publish(everybodys->name()));
  // A provisional one of the other audience still may follow nothing.
  const auto early = Create(ForStakeholders());
  ASSERT_OK(early);
  ASSERT_OK(Publish(early->name(), type::v1::PUBLISH_LEVEL_STAKEHOLDERS));
  EXPECT_EQ(Get(everybodys->name())->superseded_by(), "");
  // A correction is of the same audience as what it corrects.
  v1::CreateReportRequest correction = ForStakeholders();
  correction.mutable_report()->set_edition(v1::Report::EDITION_CORRECTED);
  correction.mutable_report()->set_corrects(everybodys->name());
  correction.mutable_report()->set_correction_reason("見本区の回答の誤り");
  EXPECT_STATUS(Create(correction), absl::StatusCode::kFailedPrecondition,
                "CORRECTS_NOT_FINAL");
}

TEST_F(AudienceTest, HasToBeKnown) {
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_audience(
      static_cast<v1::Report::Audience>(9));
  const absl::Status refused = Create(request).status();
  EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument, "REPORT_INVALID");
  const auto details = base::GetErrorDetails(refused);
  ASSERT_EQ(details->violations.size(), 1U);
  EXPECT_EQ(details->violations[0].reason, "AUDIENCE_UNKNOWN");
}

TEST_F(AudienceTest, NeedsTheAnswers) {
  {
    const std::lock_guard lock(world_.mutex);
    world_.columns = {grpc::StatusCode::UNAVAILABLE, "gone"};
  }
  EXPECT_STATUS(Create(ForStakeholders()), absl::StatusCode::kUnavailable,
                "SURVEY_UNAVAILABLE");
  EXPECT_OK(Create(Request()));
}

}  // namespace
}  // namespace welfare::report
