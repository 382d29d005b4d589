#include "services/survey/errors.h"
#include "services/base/pages/page.h"
#include "services/platform/errors.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/submission/violation.h"

namespace welfare::survey {
namespace {

std::string SourcePath(const std::string& path) {
  return std::string(std::getenv("WELFARE_SOURCE_DIR")) + "/" + path;
}

std::string ReadSource(const std::string& path) {
  std::ifstream in(SourcePath(path));
  return {std::istreambuf_iterator<char>(in), {}};
}

void ExpectGolden(const std::string& path, const std::set<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  if (std::getenv("WELFARE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(SourcePath(path)) << text;
  }
  EXPECT_EQ(ReadSource(path), text);
}

// Reasons are part of the API: a changed line here is a changed API.
TEST(SurveyErrors, AgreeWithTheGoldenListOfReasons) {
  const auto codebook =
      base::CodebookName::Parse("surveys/jusou/codebooks/2025-1").value();
  const auto round =
      base::RoundName::Parse("surveys/jusou/rounds/2025").value();
  const auto submission =
      base::SubmissionName::Parse(
          "surveys/jusou/rounds/2025/submissions/131016-council")
          .value();
  const auto program = base::ProgramName::Parse("programs/jusou").value();
  const std::vector<absl::Status> all = {
      NameInvalid("name", "x", base::RoundName::Parse("rounds/2025").status()),
      NameInvalid("name", "131017-council",
                  base::Respondent::Parse("131017-council").status()),
      NameInvalid("name", "13101-council",
                  base::Respondent::Parse("13101-council").status()),
      VersionNegative("data_version", -1),
      RequestIdInvalid("a b"),
      CodebookNotFound(codebook),
      CodebookInvalid(std::vector<base::Violation>{}),
      CodebookPublished(codebook),
      CodebookNotPublished(codebook),
      RoundNotFound(round),
      RoundExists(round),
      RoundInvalid({}),
      RoundStateWrong(round, "PLANNED", "be open"),
      RoundNotOpen(round, "CLOSED"),
      RegistryIncomplete(program, 2025),
      StatusUnknown(program, 2025, {}),
      RoundHasSubmissions(round, 1),
      RegistryUnavailable("x"),
      VersionNotReached(2, 1),
      platform::StoreRestored("x", "y", 1),
      SubmissionNotFound(submission),
      SubmissionExists(submission),
      SubmissionInvalid(std::vector<base::Violation>{}),
      SubmissionStateWrong(submission, "DRAFT", "be handed in"),
      EtagMismatch("x", "\"1\""),
      ReasonRequired(),
      base::Page::Read(-1, "", "").status(),
      base::PageTokenInvalid(),
      FilterInvalid("state", 9),
      CsvInvalid({}),
      FirstLineInvalid("batch", -1),
      FileNameTooLong("batch"),
      RejectsTokenInvalid(),
      StoredValueInvalid("x")};
  std::set<std::string> lines;
  for (const absl::Status& status : all) {
    lines.insert(absl::StatusCodeToString(status.code()) + " " +
                 base::ReasonOf(status));
    // Each says what to do, in a sentence.
    EXPECT_LE(base::ReasonOf(status).size(), 63U);
    EXPECT_TRUE(base::MessageOf(status).ends_with('.')) << status;
  }
  ExpectGolden("tests/survey/golden/reasons.txt", lines);
}

TEST(AnswerReasons, AgreeWithTheGoldenList) {
  ExpectGolden("tests/survey/golden/answer_reasons.txt",
               {std::string(reason::kUnknownItem),
                std::string(reason::kRowUnknown),
                std::string(reason::kWrongRespondentKind),
                std::string(reason::kDuplicateAnswer),
                std::string(reason::kEmptyAnswer),
                std::string(reason::kAbsenceAndValue),
                std::string(reason::kAbsenceNotSendable),
                std::string(reason::kAbsenceNotOffered),
                std::string(reason::kTypeMismatch),
                std::string(reason::kSingleAnswer),
                std::string(reason::kOptionNotOffered),
                std::string(reason::kOptionRepeated),
                std::string(reason::kExclusiveOption),
                std::string(reason::kNumberRange),
                std::string(reason::kEmptyText),
                std::string(reason::kTextTooLong),
                std::string(reason::kTextInvalid),
                std::string(reason::kOtherTextRequired),
                std::string(reason::kOtherTextUnexpected),
                std::string(reason::kNotAskedByRouting),
                std::string(reason::kConstraint),
                std::string(reason::kAnswerMissing),
                std::string(reason::kTooManyAnswers),
                std::string(reason::kTextsTooLong)});
}

TEST(Errors, AnErrorThatListsTheFirstFaultsTellsTheNumberOfAll) {
  CodebookCheck check;
  check.problems.resize(3);
  check.problems_total = 70'000;
  for (const absl::Status& status :
       {CodebookInvalid(check),
        CsvInvalid(std::vector<base::Violation>(3), 70'000)}) {
    const auto details = base::GetErrorDetails(status);
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->metadata.at("violations_total"), "70000");
  }
}

}  // namespace
}  // namespace welfare::survey
