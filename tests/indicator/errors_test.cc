// Reasons and sentences are part of the API.
#include "services/indicator/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "services/base/pages/page.h"
#include "services/indicator/error_table.h"
#include "services/platform/errors.h"
#include "tests/support/golden.h"

namespace welfare::indicator {
namespace {

// One of each failure of errors.h.
std::vector<absl::Status> All() {
  return {IndicatorNotFound("x"),
          SurveyNotFound("x"),
          RoundNotFound("x"),
          CodebookNotFound("x"),
          CellUnknown("x", "y", {"z"}),
          NameInvalid("name", "x", "surveys/{survey}", absl::OkStatus()),
          BasisUnknown(9),
          VersionNegative("data_version", -1),
          ItemNotInRound("x", {}),
          RoundNotOpened("x"),
          VersionNotReached("x", 2, 1),
          MinVersionNotReached(2, 1),
          SurveyUnavailable("x"),
          RegistryUnavailable("x"),
          ColumnsInvalid({}),
          FiguresInconsistent("x", "y"),
          PeerAnswerInvalid("x", "y"),
          DefinitionInvalid({})};
}

TEST(Errors, ReasonsAreTheOnesOfTheGoldenList) {
  std::set<std::string> lines;
  for (const base::ErrorRow& row : kErrorTable) {
    lines.insert(support::ReasonLine(row.code, row.reason));
  }
  // What its calls answer in the words of others.
  for (const absl::Status& status :
       {base::Page::Read(-1, "", "").status(), base::PageTokenInvalid(),
        platform::StoreRestored("x", "y", 1)}) {
    lines.insert(support::ReasonLine(status.code(), base::ReasonOf(status)));
  }
  support::ExpectGolden("tests/indicator/golden/reasons.txt", lines);
}

TEST(Errors, EachRowIsMadeAndItsSentencesAreFilledIn) {
  std::set<std::string> made;
  for (const absl::Status& status : All()) {
    const auto details = base::GetErrorDetails(status);
    ASSERT_TRUE(details.has_value()) << status;
    made.insert(support::ReasonLine(status.code(), details->reason));
    EXPECT_EQ(base::MessageOf(status).find('{'), std::string_view::npos)
        << status;
    EXPECT_EQ(details->message_ja.find('{'), std::string::npos) << status;
    for (const base::Violation& violation : details->violations) {
      EXPECT_FALSE(violation.description_ja.empty()) << violation.reason;
    }
  }
  std::set<std::string> rows;
  for (const base::ErrorRow& row : kErrorTable) {
    rows.insert(support::ReasonLine(row.code, row.reason));
  }
  EXPECT_EQ(made, rows);
}

TEST(Errors, AMisfitNamesWhatIsMissingFirst) {
  const std::vector<base::Violation> misfits = {
      ItemUnknown("w", "it"),
      ItemTypeMisfit("w", "it", "SUM"),
      ItemNotAsked("w", "it"),
      OptionUnknown("w", "item", "it"),
      PopulationUnknown("w", "it"),
      PopulationMisfit("w", "it"),
      IndicatorUnknown("w", "it"),
      IndicatorMisfit("w", "it"),
      CellMissing("w", "indicator", "it", {"a", "b"})};
  for (const base::Violation& misfit : misfits) {
    EXPECT_EQ(misfit.field, "w");
    EXPECT_EQ(SubjectOf(misfit), "it") << misfit.description;
    EXPECT_NE(misfit.description_ja.find("「it」"), std::string::npos)
        << misfit.reason;
    EXPECT_EQ(misfit.description_ja.find('{'), std::string::npos)
        << misfit.description_ja;
  }
}

TEST(Errors, AnExpressionSaysWhereItDoesNotFit) {
  const absl::Status cause =
      base::MakeError({"EXPRESSION_TYPE", absl::StatusCode::kInvalidArgument,
                       "It does not fit.", ""})
          .WithViolation({"column 5", "ITEM_UNKNOWN", "There is no item `x`."})
          .WithViolation({"column 9", "TYPE_MISMATCH", "No order."});
  const auto misfits = ExpressionMisfits("w", "1 + ${x}", cause);
  ASSERT_EQ(misfits.size(), 2U);
  EXPECT_EQ(misfits[0].reason, "ITEM_UNKNOWN");
  EXPECT_EQ(misfits[0].description,
            "There is no item `x`. (column 5 of `1 + ${x}`)");
  EXPECT_EQ(misfits[0].description_ja, "調査票に設問「x」がない。");
  EXPECT_EQ(misfits[1].reason, "TYPE_MISMATCH");
  EXPECT_EQ(misfits[1].description_ja,
            "条件式「1 + ${x}」がこの調査票に合わない。");
  const auto whole = ExpressionMisfits(
      "w", "1 +", absl::InvalidArgumentError("It ends early."));
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole[0].reason, "EXPRESSION");
  EXPECT_EQ(whole[0].description, "It ends early. (`1 +`)");
}

}  // namespace
}  // namespace welfare::indicator
