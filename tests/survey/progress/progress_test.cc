#include "services/survey/progress/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using sample::Day;

// Groups: municipalities that implement (131016, 131024) and that do not
// (131032; of 131041 it is not known), then their councils.
class Progress : public ::testing::Test {
 protected:
  Progress() {
    round_.window_start = Day(6, 16);
    round_.window_end = Day(7, 11);
  }

  void Add(const std::string& who, SubmissionState state,
           std::optional<base::Date> received_on = {}) {
    submissions_.push_back(
        {.name = {.survey = "jusou",
                  .fiscal_year = base::FiscalYear::FromChecked(2025),
                  .respondent = sample::Who(who)},
         .state = state,
         .received_on = received_on});
  }

  std::vector<ProgressGroup> Groups() {
    return ComputeProgress(round_, sample::MakeFrame(), submissions_);
  }

  Round round_{.name = {.survey = "jusou",
                        .fiscal_year = base::FiscalYear::FromChecked(2025)}};
  std::vector<Submission> submissions_;
};

TEST_F(Progress, HasFourGroupsThoughNobodyHasAnswered) {
  const auto groups = Groups();
  ASSERT_EQ(groups.size(), 4U);
  for (const ProgressGroup& group : groups) {
    EXPECT_EQ(group.expected, 2);
    EXPECT_EQ(group.received, 0);
  }
  EXPECT_EQ(groups[0].kind, base::RespondentKind::kMunicipality);
  EXPECT_TRUE(groups[0].implementing);
  EXPECT_FALSE(groups[1].implementing);
  EXPECT_EQ(groups[2].kind, base::RespondentKind::kCouncil);
  EXPECT_TRUE(groups[2].implementing);
}

TEST_F(Progress, CountsWhatIsNotKnownAsNotImplementing) {
  Add("131041-municipality", SubmissionState::kSubmitted);
  EXPECT_EQ(Groups()[1].received, 1);
}

TEST_F(Progress, CountsACouncilWithItsMunicipality) {
  Add("131016-council", SubmissionState::kSubmitted);
  Add("131032-council", SubmissionState::kSubmitted);
  const auto groups = Groups();
  EXPECT_EQ(groups[2].received, 1);
  EXPECT_EQ(groups[3].received, 1);
}

TEST_F(Progress, OnTimeIsInsideTheWindow) {
  Add("131016-municipality", SubmissionState::kSubmitted, Day(6, 16));
  Add("131024-municipality", SubmissionState::kSubmitted, Day(6, 15));
  const auto groups = Groups();
  EXPECT_EQ(groups[0].received, 2);
  EXPECT_EQ(groups[0].on_time, 1);
}

TEST_F(Progress, WhatDoesNotSayWhenItCameIsNotOnTime) {
  Add("131016-municipality", SubmissionState::kSubmitted);
  const auto groups = Groups();
  EXPECT_EQ(groups[0].received, 1);
  EXPECT_EQ(groups[0].on_time, 0);
}

TEST_F(Progress, AcceptedAndFinalOnesWereReceivedToo) {
  Add("131016-municipality", SubmissionState::kAccepted);
  Add("131024-municipality", SubmissionState::kFinal);
  const auto groups = Groups();
  EXPECT_EQ(groups[0].received, 2);
  EXPECT_EQ(groups[0].accepted, 2);
}

TEST_F(Progress, DraftsAndReturnedOnesWereNotReceived) {
  Add("131016-municipality", SubmissionState::kDraft, Day(6, 20));
  Add("131024-municipality", SubmissionState::kReturned, Day(6, 20));
  const auto groups = Groups();
  EXPECT_EQ(groups[0].received, 0);
  EXPECT_EQ(groups[0].on_time, 0);
  EXPECT_EQ(groups[0].draft, 2);
}

TEST_F(Progress, PassesOverWhoIsNotInThePopulation) {
  Add("139998-municipality", SubmissionState::kSubmitted);
  for (const ProgressGroup& group : Groups()) EXPECT_EQ(group.received, 0);
}

TEST_F(Progress, IsOfTheYearOfTheRound) {
  round_.name.fiscal_year = base::FiscalYear::FromChecked(2024);
  const auto groups = Groups();
  EXPECT_EQ(groups[0].expected, 1);  // 131024 began in FY2025
  EXPECT_EQ(groups[1].expected, 3);
}

TEST(Counts, AddUpOverKindsAndStates) {
  EXPECT_EQ(CountAll({}), 0);
  EXPECT_EQ(
      CountAll(
          {{{base::RespondentKind::kMunicipality, SubmissionState::kDraft}, 2},
           {{base::RespondentKind::kCouncil, SubmissionState::kDraft}, 1},
           {{base::RespondentKind::kCouncil, SubmissionState::kFinal}, 3}}),
      6);
}

TEST(Counts, ExpectEachRespondentOfAKind) {
  const Frame frame = sample::MakeFrame();
  EXPECT_EQ(CountExpected(frame, base::RespondentKind::kCouncil), 4);
  EXPECT_EQ(CountExpected(Frame(), base::RespondentKind::kCouncil), 0);
}

}  // namespace
}  // namespace welfare::survey
