#include "services/survey/errors.h"
#include "services/base/pages/page.h"
#include "services/platform/errors.h"

#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/importing/errors.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/codebook/problem_table.h"
#include "services/survey/error_table.h"
#include "services/survey/files/import_faults.h"
#include "services/survey/mapping/mapping_faults.h"
#include "services/survey/submission/violation.h"
#include "tests/support/golden.h"

namespace welfare::survey {
namespace {

// One of each failure that the service names.
std::vector<absl::Status> OneOfEach() {
  const auto codebook =
      base::CodebookName::Parse("surveys/jusou/codebooks/2025-1").value();
  const auto mapping =
      base::MappingName::Parse("surveys/jusou/mappings/0123456789abcdef")
          .value();
  const auto round =
      base::RoundName::Parse("surveys/jusou/rounds/2025").value();
  const auto submission =
      base::SubmissionName::Parse(
          "surveys/jusou/rounds/2025/submissions/131016-council")
          .value();
  const auto program = base::ProgramName::Parse("programs/jusou").value();
  return {
      NameInvalid("name", "x", base::RoundName::Parse("rounds/2025").status()),
      NameInvalid("name", "131017-council",
                  base::Respondent::Parse("131017-council").status()),
      NameInvalid("name", "13101-council",
                  base::Respondent::Parse("13101-council").status()),
      VersionNegative("data_version", -1),
      CodebookNotFound(codebook),
      CodebookInvalid(std::vector<base::Violation>{}),
      CodebookPublished(codebook),
      CodebookNotPublished(codebook),
      MappingNotFound(mapping),
      MappingInvalid({}),
      MappingExists(mapping),
      MappingUnusable("mapping", why_not::kNoStrategy),
      RoundNotFound(round),
      RoundExists(round),
      RoundInvalid({}),
      RoundStateWrong(round, "PLANNED", wanted::kOpen),
      RoundNotOpen(round, "CLOSED"),
      RegistryIncomplete(program, 2025),
      StatusUnknown(program, 2025, {}),
      RoundHasSubmissions(round, 1),
      RegistryUnavailable("x"),
      VersionNotReached(2, 1),
      SubmissionNotFound(submission),
      SubmissionExists(submission),
      SubmissionInvalid(std::vector<base::Violation>{}),
      SubmissionStateWrong(submission, "DRAFT", wanted::kHandedIn),
      EtagMismatch("x", "\"1\""),
      ReasonRequired(why::kReturned),
      ReasonRequired(why::kOnBehalf),
      FilterInvalid("state", 9),
      StoredValueInvalid("x")};
}

TEST(SurveyErrors, EachRowHasItsFailureAndEachSentenceItsWords) {
  std::set<std::string> made;
  for (const absl::Status& status : OneOfEach()) {
    const auto details = base::GetErrorDetails(status);
    ASSERT_TRUE(details.has_value()) << status;
    made.insert(details->reason);
    // What a sentence names is filled in (the pattern of a name has braces of
    // its own), and it says what to do.
    for (const std::string& sentence :
         {std::string(base::MessageOf(status)), details->message_ja}) {
      EXPECT_EQ(sentence.find("{cause"), std::string::npos) << sentence;
      EXPECT_TRUE(details->reason == "NAME_INVALID" ||
                  sentence.find('{') == std::string::npos)
          << sentence;
    }
    EXPECT_TRUE(base::MessageOf(status).ends_with('.')) << status;
    EXPECT_TRUE(details->message_ja.empty() ||
                details->message_ja.ends_with("。"))
        << details->message_ja;
  }
  for (const base::ErrorRow& row : kErrorTable) {
    EXPECT_TRUE(made.contains(std::string(row.reason))) << row.reason;
    // Whatever a clerk can meet is said in Japanese too.
    EXPECT_EQ(row.message_ja.empty(), row.code == absl::StatusCode::kInternal)
        << row.reason;
  }
}

TEST(SurveyErrors, SayWhatAStateIsAndWhatItWouldHaveToBe) {
  const auto round =
      base::RoundName::Parse("surveys/jusou/rounds/2025").value();
  const absl::Status status = RoundStateWrong(round, "FINAL", wanted::kOpen);
  EXPECT_EQ(base::MessageOf(status),
            "The round is FINAL; for this it must be open.");
  EXPECT_EQ(
      base::GetErrorDetails(status)->message_ja,
      "この調査回は確定済みです。この操作ができるのは受付中の調査回です。");
}

// Reasons are part of the API: a changed line here is a changed API.
TEST(SurveyErrors, AgreeWithTheGoldenListOfReasons) {
  std::set<std::string> lines;
  const auto add = [&lines](absl::StatusCode code, std::string_view reason) {
    lines.insert(support::ReasonLine(code, reason));
  };
  for (const base::ErrorRow& row : kErrorTable) add(row.code, row.reason);
  // What its calls return beside these.
  for (const absl::Status& status :
       {platform::StoreRestored("x", "y", 1), platform::RequestIdInvalid("a b"),
        base::Page::Read(-1, "", "").status(), base::PageTokenInvalid(),
        importing::CsvInvalid({}), importing::RejectsTokenInvalid(),
        importing::BaseRounds(2),
        importing::BaseMoved("registry", {.version = 1}, 2, std::nullopt),
        importing::CountsDoNotAddUp(2, 1)}) {
    add(status.code(), base::ReasonOf(status));
  }
  support::ExpectGolden("tests/survey/golden/reasons.txt", lines);
}

TEST(AnswerReasons, AgreeWithTheGoldenList) {
  std::set<std::string> lines;
  for (const base::ViolationRow& row : kAnswerTable) {
    lines.emplace(row.reason);
  }
  support::ExpectGolden("tests/survey/golden/answer_reasons.txt", lines);
}

void ExpectBothLanguages(std::span<const base::ViolationRow> rows) {
  for (const base::ViolationRow& row : rows) {
    // One that repeats a cause has its sentence from there.
    EXPECT_TRUE(row.description.ends_with('.') ||
                row.description.ends_with('}'))
        << row.reason;
    EXPECT_TRUE(row.description_ja.ends_with("。") ||
                row.description_ja.ends_with('}'))
        << row.reason;
  }
}

TEST(SurveyFaults, AreSentencesInBothLanguages) {
  ExpectBothLanguages(kFieldTable);
  ExpectBothLanguages(kRoundTable);
  ExpectBothLanguages(kAnswerTable);
  ExpectBothLanguages(kItemTable);
  ExpectBothLanguages(kConditionTable);
  ExpectBothLanguages(kSheetTable);
  ExpectBothLanguages(kCellTable);
  ExpectBothLanguages(kSectionTable);
  ExpectBothLanguages(kImportFaults);
  ExpectBothLanguages(kMappingFaults);
}

TEST(Errors, AnErrorThatListsTheFirstFaultsTellsTheNumberOfAll) {
  CodebookCheck check;
  check.problems.resize(3);
  check.problems_total = 70'000;
  for (const absl::Status& status :
       {CodebookInvalid(check),
        importing::CsvInvalid(std::vector<base::Violation>(3), 70'000)}) {
    const auto details = base::GetErrorDetails(status);
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->metadata.at("violations_total"), "70000");
  }
}

}  // namespace
}  // namespace welfare::survey
