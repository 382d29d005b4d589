#include "services/survey/files/submission_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/survey/submission/validation.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kAnswers[] =
    "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
    "other_text,absence\n";
constexpr char kHeaders[] =
    "survey,fiscal_year,municipality_code,respondent_kind,department,contact,"
    "received_on\n";

absl::StatusOr<ImportBatch> ReadBatch(const std::string& answers,
                                      const std::string& headers = "",
                                      int first_line = 2) {
  // A batch looks into its texts.
  static std::string answers_text, headers_text;
  answers_text = kAnswers + answers;
  headers_text = headers.empty() ? "" : kHeaders + headers;
  return ReadImportBatch(
      {.csv = answers_text, .first_line = first_line, .source_file = "a.csv"},
      {.csv = headers_text, .first_line = 2, .source_file = "h.csv"});
}

TEST(ReadImportBatch, GroupsRecordsBySubmission) {
  const auto batch = ReadBatch(
      "s,2025,131016,council,a,1,,\n"
      "s,2025,131024,council,a,2,,\n"
      "s,2025,131016,council,b,3,,\n");
  ASSERT_OK(batch);
  ASSERT_THAT(batch->submissions, SizeIs(2));
  EXPECT_EQ(batch->rows, 3);
  EXPECT_THAT(batch->submissions[0].answers, SizeIs(2));
  EXPECT_EQ(batch->submissions[0].answers[1].line, 4);
  EXPECT_EQ(batch->submissions[0].answers[1].record, 3);
  EXPECT_EQ(batch->submissions[0].answers[1].raw,
            "s,2025,131016,council,b,3,,");
}

TEST(ReadImportBatch, KnowsASubmissionHoweverItsKeyIsWritten) {
  const auto batch = ReadBatch(
      "s,2025,131016,council,a,1,,\n"
      "s,２０２５,１３１０１６,council,b,2,,\n"
      " s , 令和7年度,131016\u3000,ｃｏｕｎｃｉｌ,c,3,,\n"
      "s,R7,131016,council,d,4,,\n");
  ASSERT_OK(batch);
  EXPECT_EQ(batch->rejects.total(), 0);
  ASSERT_THAT(batch->submissions, SizeIs(1));
  EXPECT_THAT(batch->submissions[0].answers, SizeIs(4));
}

TEST(ReadImportBatch, TakesRowsOfCommasForNoRows) {
  const auto batch =
      ReadBatch("s,2025,131016,council,a,1,,,,\n,,,,,,,\n \n,\u3000,,,,,,\n");
  ASSERT_OK(batch);
  EXPECT_EQ(batch->rows, 1);
  EXPECT_EQ(batch->rejects.total(), 0);
}

TEST(ReadImportBatch, ReadsADayOfReceiptAsPeopleWriteIt) {
  const auto batch = ReadBatch("s,2025,131016,council,a,1,,\n",
                               "s,2025,131016,council,D,C,令和7年6月2日\n");
  ASSERT_OK(batch);
  ASSERT_TRUE(batch->submissions[0].header);
  EXPECT_EQ(batch->submissions[0].header->received_on->ToString(),
            "2025-06-02");
}

TEST(ReadImportBatch, CountsPhysicalLinesOfTheFile) {
  const auto batch = ReadBatch(
      "s,2025,131016,council,a,\"two\nlines\",,\n"
      "s,2025,131016,council,b,3,,\n",
      "", 100);
  ASSERT_OK(batch);
  EXPECT_EQ(batch->submissions[0].answers[0].line, 100);
  EXPECT_EQ(batch->submissions[0].answers[1].line, 102);
}

TEST(ReadImportBatch, NamesEveryFaultOfAKey) {
  const auto batch = ReadBatch("S S,25,131017,mayor,a,1,,\n");
  ASSERT_OK(batch);
  std::vector<std::string> reasons;
  for (const importing::Reject& reject : batch->rejects.Show().rejects) {
    reasons.push_back(reject.column + " " + reject.reason);
  }
  EXPECT_THAT(reasons,
              ElementsAre("survey NAME_ID", "fiscal_year FISCAL_YEAR_FORMAT",
                          "municipality_code CHECK_DIGIT",
                          "respondent_kind RESPONDENT_KIND"));
  EXPECT_EQ(batch->rejects.records(), 1);
  EXPECT_THAT(batch->submissions, IsEmpty());
}

TEST(ReadImportBatch, ABrokenRecordRefusesTheSubmissionItNames) {
  const auto batch = ReadBatch(
      "s,2025,131016,council,a,1,,\n"
      "s,2025,131016,council,b,1,200,,,x\n"
      "s,2025,131024,council,a,1,,\n");
  ASSERT_OK(batch);
  ASSERT_THAT(batch->submissions, SizeIs(2));
  EXPECT_TRUE(batch->submissions[0].refused);
  EXPECT_FALSE(batch->submissions[1].refused);
}

TEST(ReadImportBatch, TakesHeadersApart) {
  const auto batch = ReadBatch("s,2025,131016,council,a,1,,\n",
                               "s,2025,131016,council,課,内線,2025-07-01\n"
                               "s,2025,131024,council,課,内線,2025-02-30\n"
                               "s,2025,131016,council,課,内線,2025-07-01\n");
  ASSERT_OK(batch);
  EXPECT_EQ(batch->rows, 1);
  ASSERT_TRUE(batch->submissions[0].header);
  EXPECT_EQ(batch->submissions[0].header->contact.department, "課");
  const auto rejects = batch->rejects.Show().rejects;
  ASSERT_THAT(rejects, SizeIs(2));
  EXPECT_EQ(rejects[0].reason, "DATE_INVALID");
  EXPECT_EQ(rejects[1].reason, "HEADER_REPEATED");
  // Personal data is not repeated to whoever reads rejects.
  EXPECT_EQ(rejects[0].raw_record, "");
  EXPECT_TRUE(batch->submissions[0].refused);
}

TEST(ReadImportBatch, RefusesWhatIsNoTable) {
  EXPECT_STATUS(ReadBatch("s,2025,131016,council,a,\"1,,\n"),
                absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  EXPECT_STATUS(
      ReadImportBatch({.csv = "", .first_line = 2, .source_file = ""},
                      {.csv = "", .first_line = 2, .source_file = ""}),
      absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  const std::string wrong = std::string("x") + kAnswers;
  EXPECT_STATUS(
      ReadImportBatch({.csv = wrong, .first_line = 2, .source_file = ""},
                      {.csv = "", .first_line = 2, .source_file = ""}),
      absl::StatusCode::kInvalidArgument, "CSV_INVALID");
}

TEST(ReadImportBatch, RefusesMoreSubmissionsThanARoundCanHave) {
  std::string rows;
  for (int i = 0; i < 2'001; ++i) {
    rows += "s" + std::to_string(i) + ",2025,131016,council,a,1,,\n";
  }
  EXPECT_STATUS(ReadBatch(rows), absl::StatusCode::kInvalidArgument,
                "CSV_INVALID");
}

SentAnswer Cell(const std::string& item, const std::string& value) {
  static const auto codebook = sample::MakeCodebook();
  bool unknown = false;
  PlaceFinder places(*codebook);
  std::optional<std::size_t> place;
  return ToSent(*codebook, places,
                {.item = item,
                 .value = value,
                 .other_text = "",
                 .absence = "",
                 .state = "",
                 .synthetic = ""},
                unknown, place);
}

TEST(ToSent, ReadsAValueByTheTypeOfItsItem) {
  EXPECT_EQ(std::get<Codes>(*Cell("methods", "visit online").value),
            (Codes{"visit", "online"}));
  EXPECT_EQ(std::get<std::string>(*Cell("shared", "12").value), "12");
  EXPECT_EQ(std::get<std::string>(*Cell("phases/find", "a b").value), "a b");
  EXPECT_EQ(Cell("phases/find", "a").row, "find");
  EXPECT_FALSE(Cell("count", "").value);
}

TEST(ToSent, LeavesNumbersForValidationToRead) {
  for (const char* text :
       {"0", "-3", "1,000", " 1", "１２", "many", "99999999999999999999"}) {
    EXPECT_EQ(std::get<std::string>(*Cell("count", text).value), text);
  }
}

TEST(ToSent, ReadsWordsHoweverTheyAreWritten) {
  EXPECT_EQ(std::get<Codes>(
                *Cell(" ｍｅｔｈｏｄｓ ", "ｖｉｓｉｔ\u3000online").value),
            (Codes{"visit", "online"}));
  EXPECT_EQ(Cell("phases／find", "a").row, "find");
  EXPECT_FALSE(Cell("count", "\u3000").value);
}

}  // namespace
}  // namespace welfare::survey
