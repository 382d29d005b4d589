#include "services/indicator/round/round_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/indicator/round/answer_words.h"
#include "services/indicator/round/table_row.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using testing::kYear;
using testing::MakeTable;
using testing::TestCodes;
using testing::TestRow;

constexpr auto kNoAnswer = static_cast<std::uint8_t>(Absence::kNoAnswer);

// A round of two municipalities and two questions; a test breaks it.
struct Parts {
  std::vector<FrameRow> rows;
  std::vector<RawColumn> columns;

  absl::StatusOr<RoundTable> Make() const {
    Item choice;
    choice.id = "choice";
    choice.type = Item::Type::kSingle;
    choice.options = {{"a", "甲", false, false}, {"b", "乙", false, false}};
    choice.respondents = {base::RespondentKind::kMunicipality};
    Item number = choice;
    number.id = "number";
    number.type = Item::Type::kInteger;
    number.options.clear();
    return RoundTable::Make(
        RoundHeader{},
        std::make_shared<const Questionnaire>("1", std::vector{choice, number}),
        rows, columns, Basis::kProvisional);
  }
};

Parts Whole() {
  Parts parts;
  for (const std::string& code : TestCodes(2)) {
    parts.rows.push_back({{*base::MunicipalityCode::ParseKnown(code),
                           base::RespondentKind::kMunicipality},
                          "",
                          "",
                          {},
                          SubmissionState::kSubmitted});
  }
  parts.columns = {{.item = "choice",
                    .row = "",
                    .absences = {0, kNoAnswer},
                    .codes = {2, 0},
                    .integers = {},
                    .texts = {}},
                   {.item = "number",
                    .row = "",
                    .absences = {0, 0},
                    .codes = {},
                    .integers = {12, 0},
                    .texts = {}}};
  return parts;
}

// The reasons of what is wrong, each once.
std::vector<std::string> ReasonsOf(const Parts& parts) {
  const auto made = parts.Make();
  EXPECT_EQ(base::ReasonOf(made.status()), "COLUMNS_INVALID");
  const auto details = base::GetErrorDetails(made.status());
  std::vector<std::string> reasons;
  for (const base::Violation& violation : details->violations) {
    reasons.push_back(violation.reason);
  }
  return reasons;
}

TEST(RoundTable, EveryRowIsAnsweredOrAbsent) {
  const auto table = Whole().Make();
  ASSERT_TRUE(table.ok()) << table.status();
  const Column& choice = table->column(0);
  EXPECT_TRUE(choice.planes[1].Test(0));
  EXPECT_FALSE(choice.planes[0].Test(0));
  EXPECT_TRUE(choice.answered.Test(0));
  EXPECT_FALSE(choice.AbsenceOf(0).has_value());
  EXPECT_EQ(choice.AbsenceOf(1), Absence::kNoAnswer);
  EXPECT_TRUE(choice.Absent(Absence::kNoAnswer).Test(1));
  EXPECT_EQ(table->column(1).integers[0], 12);
}

TEST(RoundTable, WhatDoesNotCountIsNonresponse) {
  Parts parts = Whole();
  parts.rows[0].state = SubmissionState::kReturned;
  const auto table = parts.Make();
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->column(0).AbsenceOf(0), Absence::kUnitNonresponse);
  EXPECT_EQ(table->column(1).integers[0], 0);
  EXPECT_EQ(table->counted().Count(), 1);
}

TEST(RoundTable, ColumnsThatContradictAreRefused) {
  Parts parts = Whole();
  parts.columns.pop_back();
  EXPECT_THAT(ReasonsOf(parts), ::testing::ElementsAre("COLUMN_MISSING"));

  parts = Whole();
  parts.columns.push_back(parts.columns.front());
  EXPECT_THAT(ReasonsOf(parts), ::testing::ElementsAre("COLUMN_REPEATED"));

  parts = Whole();
  parts.columns[1].integers.pop_back();
  EXPECT_THAT(ReasonsOf(parts), ::testing::ElementsAre("LENGTH"));

  parts = Whole();
  parts.columns[0].codes = {3, 1};
  EXPECT_THAT(ReasonsOf(parts),
              ::testing::ElementsAre("CODE_COUNT", "VALUE_AND_ABSENCE"));

  parts = Whole();
  parts.columns[0].codes[0] = 4;
  EXPECT_THAT(ReasonsOf(parts), ::testing::ElementsAre("OPTION_UNKNOWN"));

  parts = Whole();
  parts.columns[1].absences[1] = 9;
  EXPECT_THAT(ReasonsOf(parts), ::testing::ElementsAre("ABSENCE_UNKNOWN"));

  parts = Whole();
  std::swap(parts.rows[0], parts.rows[1]);
  EXPECT_THAT(ReasonsOf(parts), ::testing::ElementsAre("ORDER"));
}

TEST(RoundTable, OnlyFinalOnesCountOnTheFinalBasis) {
  EXPECT_TRUE(Counts(SubmissionState::kFinal, Basis::kFinal));
  EXPECT_TRUE(Counts(SubmissionState::kFinal, Basis::kProvisional));
  for (const SubmissionState state :
       {SubmissionState::kSubmitted, SubmissionState::kAccepted}) {
    EXPECT_TRUE(Counts(state, Basis::kProvisional));
    EXPECT_FALSE(Counts(state, Basis::kFinal));
  }
  EXPECT_FALSE(Counts(std::nullopt, Basis::kProvisional));
  EXPECT_FALSE(Counts(SubmissionState::kDraft, Basis::kProvisional));
  EXPECT_FALSE(Counts(SubmissionState::kReturned, Basis::kProvisional));
}

TEST(AnswerInWords, SaysWhatWasAnsweredOrWhyNot) {
  const auto table = Whole().Make();
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(AnswerInWords(*table, 0, 0), "乙 (b)");
  EXPECT_EQ(AnswerInWords(*table, 0, 1), "NO_ANSWER (無回答)");
  EXPECT_EQ(AnswerInWords(*table, 1, 0), "12 ");
}

TEST(TableRow, NobodyImplementsBeforeTheFirstYear) {
  TestRow row;
  row.code = TestCodes(1).front();
  row.implementing = {{kYear - 1, true}, {kYear, true}};
  const RoundTable table = MakeTable({row});
  const RoundView since{table, kYear};
  const auto implements = [](const RoundView& view, int offset) {
    return view.RowOf(0).registry(base::RegistryFact::kImplementing, offset);
  };
  EXPECT_EQ(implements(since, 0), base::Truth::kTrue);
  EXPECT_EQ(implements(since, -1), base::Truth::kFalse);
  EXPECT_EQ(implements(RoundView{table, std::nullopt}, -1), base::Truth::kTrue);
  EXPECT_EQ(implements(RoundView{table, std::nullopt}, -9),
            base::Truth::kUnknown);
}

}  // namespace
}  // namespace welfare::indicator
