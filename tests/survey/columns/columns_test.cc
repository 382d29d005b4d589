#include "services/survey/columns/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/survey/submission/validation.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint8_t kNoAnswer = 1;
constexpr std::uint8_t kNotApplicable = 4;
constexpr std::uint8_t kNonresponse = 5;
constexpr std::uint8_t kNotAsked = 6;

class ColumnsTest : public ::testing::Test {
 protected:
  Submission Make(const std::string& who, std::vector<SentAnswer> sent,
                  SubmissionState state = SubmissionState::kSubmitted) {
    const FrameRow& row = frame_.row(frame_.Find(sample::Who(who)).value());
    const ValidationResult result =
        ValidateAnswers(*codebook_, row, 2025, sent, Completeness::kPartial);
    EXPECT_TRUE(result.ok());
    Submission submission{
        .name = {.survey = "jusou",
                 .fiscal_year = base::FiscalYear::FromChecked(2025),
                 .respondent = sample::Who(who)},
        .answers = result.answers,
        .state = state};
    return submission;
  }

  std::vector<Column> Compute(const std::vector<Submission>& submissions) {
    std::vector<const Submission*> rows(frame_.size(), nullptr);
    for (const Submission& submission : submissions) {
      rows[frame_.Find(submission.name.respondent).value()] = &submission;
    }
    return ComputeColumns(*codebook_, frame_, 2025, rows);
  }

  const Column& Find(const std::vector<Column>& columns,
                     const std::string& item, std::size_t row = 0) {
    for (const Column& column : columns) {
      if (codebook_->item(column.item).id == item &&
          column.row.value_or(0) == row) {
        return column;
      }
    }
    ADD_FAILURE() << "no column " << item;
    return columns.front();
  }

  std::shared_ptr<const Codebook> codebook_ = sample::MakeCodebook();
  // Rows: 131016 m, c; 131024 m, c; 131032 m, c; 131041 m, c.
  Frame frame_ = sample::MakeFrame();
};

TEST_F(ColumnsTest, FillComputedAbsencesIn) {
  const std::vector<Column> columns = Compute(
      {Make("131016-municipality", sample::Complete()),
       Make("131024-municipality", {sample::SentCodes("plan", {"none"})}),
       Make("131032-municipality", {}, SubmissionState::kDraft),
       Make("131041-municipality", {}, SubmissionState::kReturned)});
  EXPECT_EQ(columns.size(), 11U);  // 9 items and a table of 2 rows
  EXPECT_THAT(Find(columns, "start").absences,
              ElementsAre(0, kNotAsked, kNotApplicable, kNotAsked, kNonresponse,
                          kNotAsked, kNonresponse, kNotAsked));
  EXPECT_THAT(Find(columns, "place").absences,
              ElementsAre(kNotAsked, kNonresponse, kNotAsked, kNonresponse,
                          kNotAsked, kNonresponse, kNotAsked, kNonresponse));
  EXPECT_THAT(Find(columns, "count").absences[2], kNotApplicable);
}

TEST_F(ColumnsTest, HoldValuesByType) {
  const std::vector<Column> columns =
      Compute({Make("131016-municipality", sample::Complete())});
  const Column& methods = Find(columns, "methods");
  EXPECT_EQ(methods.codes[0], 0b101U);  // visit and other
  EXPECT_EQ(methods.other_texts[0], "by post");
  EXPECT_THAT(methods.integers, IsEmpty());
  EXPECT_EQ(Find(columns, "end").integers[0], 2029);
  EXPECT_THAT(Find(columns, "end").other_texts, IsEmpty());
  EXPECT_EQ(Find(columns, "count").absences[0], 0);  // zero is a value
  EXPECT_EQ(Find(columns, "phases", 0).texts[0], "asking around");
  EXPECT_EQ(Find(columns, "phases", 1).absences[0], kNoAnswer);
}

TEST_F(ColumnsTest, NameWhatTheRoutingSkips) {
  const FrameRow& row = frame_.row(4);  // does not run the programme
  std::vector<std::string> items;
  for (const Answer& answer : ComputedAbsences(*codebook_, row, 2025, {})) {
    items.push_back(answer.item + "/" + answer.row);
  }
  EXPECT_THAT(items, ElementsAre("plan/", "start/", "end/", "detail/", "count/",
                                 "phases/find", "phases/keep"));
}

}  // namespace
}  // namespace welfare::survey
