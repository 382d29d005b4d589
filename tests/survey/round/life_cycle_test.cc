#include "services/survey/round/life_cycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/survey/entity_tag.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using sample::Day;
using sample::Fields;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kStore[] = "0123456789abcdef";

Round In(RoundState state) {
  Round round{.name = {.survey = "jusou",
                       .fiscal_year = base::FiscalYear::FromChecked(2025)}};
  round.display_name = "Survey";
  round.codebook = {.survey = "jusou", .version = "1"};
  round.window_start = Day(6, 16);
  round.window_end = Day(7, 11);
  round.state = state;
  round.revision = 4;
  round.incarnation = kStore;
  round.reason = "the last change";
  return round;
}

std::optional<RegistryPin> Pin() {
  const Frame frame = sample::MakeFrame();
  return RegistryPin{.version = 7,
                     .incarnation = "registry-a",
                     .rows = {frame.rows().begin(), frame.rows().end()}};
}

// --- opening ---

TEST(Opening, PinsTheRegistryAndFreezesThePopulation) {
  const auto plan = PlanOpening(In(RoundState::kPlanned), Pin());
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->round.state, RoundState::kOpen);
  EXPECT_EQ(plan->round.registry_version, 7);
  EXPECT_EQ(plan->round.registry_incarnation, "registry-a");
  EXPECT_LT(plan->round.pin_revision, 0);  // the one that this makes
  EXPECT_EQ(plan->round.reason, "");
  ASSERT_TRUE(plan->population);
  EXPECT_EQ(plan->population->size(), sample::MakeFrame().size());
}

TEST(Opening, OfAnOpenRoundIsNoNews) {
  const auto plan = PlanOpening(In(RoundState::kOpen), Pin());
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->changed);
  EXPECT_FALSE(plan->population);
}

TEST(Opening, IsForPlannedRounds) {
  for (const RoundState state : {RoundState::kClosed, RoundState::kFinal}) {
    EXPECT_STATUS(PlanOpening(In(state), Pin()),
                  absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
  }
}

// The round was deleted and created anew after it had been looked at.
TEST(Opening, NeedsWhatTheRegistryKnows) {
  EXPECT_STATUS(PlanOpening(In(RoundState::kPlanned), std::nullopt),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST(Opening, FreezesEveryYearOfTheProgrammeAndThoseThatConditionsRead) {
  EXPECT_THAT(YearsToFreeze(base::FiscalYear::FromChecked(2023),
                            std::vector<int>{-5, -1, 0}),
              ElementsAre(2018, 2021, 2022, 2023));
  EXPECT_THAT(YearsToFreeze(base::FiscalYear::FromChecked(2020), {}),
              ElementsAre(2020));
}

class Statuses : public ::testing::Test {
 protected:
  static base::MunicipalityCode Code(const std::string& code) {
    return sample::Who(code + "-council").municipality;
  }
  absl::Status Check(const std::set<base::MunicipalityCode>& named) {
    return CheckStatuses(rows_, named, {.program = "jusou"}, 2025);
  }

  // Of 131041 nobody knows whether it implements.
  std::vector<FrameRow> rows_ = Pin()->rows;
};

TEST_F(Statuses, ThatNobodyKnowsAreNamed) {
  EXPECT_OK(Check({Code("131041")}));
  const absl::Status refused = Check({});
  EXPECT_STATUS(refused, absl::StatusCode::kFailedPrecondition,
                "STATUS_UNKNOWN");
  const auto details = base::GetErrorDetails(refused);
  ASSERT_EQ(details->preconditions.size(), 1U);
  EXPECT_EQ(details->preconditions[0].subject, "municipalities/131041");
}

TEST_F(Statuses, ThatAreKnownAreNotNamed) {
  EXPECT_THAT(Fields(Check({Code("131016"), Code("131041")})),
              ElementsAre("unknown_municipalities: STATUS_KNOWN"));
}

TEST_F(Statuses, AreNamedByAnyCodeOfTheMunicipality) {
  for (FrameRow& row : rows_) {
    if (row.respondent.municipality == Code("131041")) {
      row.other_codes = {Code("139998")};
    }
  }
  EXPECT_OK(Check({Code("139998")}));
  EXPECT_OK(Check({Code("139998"), Code("131041")}));
}

// --- closing and reopening ---

TEST(Closing, EndsAnOpenRound) {
  const auto plan = PlanClosing(In(RoundState::kOpen));
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->round.state, RoundState::kClosed);
  EXPECT_EQ(plan->round.reason, "");
}

TEST(Closing, OfAClosedOrFinalRoundIsNoNews) {
  for (const RoundState state : {RoundState::kClosed, RoundState::kFinal}) {
    const auto plan = PlanClosing(In(state));
    ASSERT_OK(plan);
    EXPECT_FALSE(plan->changed);
    EXPECT_EQ(plan->round.state, state);
  }
}

TEST(Closing, NeedsARoundThatWasOpened) {
  EXPECT_STATUS(PlanClosing(In(RoundState::kPlanned)),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST(Reopening, SaysWhy) {
  const auto plan = PlanReopening(In(RoundState::kClosed), "", "too early");
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->round.state, RoundState::kOpen);
  EXPECT_EQ(plan->round.reason, "too early");
  EXPECT_FALSE(plan->population);  // frozen once
}

TEST(Reopening, OfAnOpenRoundIsNoNews) {
  const auto plan = PlanReopening(In(RoundState::kOpen), "", "why");
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->changed);
  EXPECT_EQ(plan->round.reason, "the last change");
}

TEST(Reopening, IsForClosedRounds) {
  for (const RoundState state : {RoundState::kPlanned, RoundState::kFinal}) {
    EXPECT_STATUS(PlanReopening(In(state), "", "why"),
                  absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
  }
}

TEST(Reopening, KnowsTheCurrentRevision) {
  const Round round = In(RoundState::kClosed);
  EXPECT_OK(PlanReopening(round, EntityTag(kStore, 4), "why"));
  EXPECT_STATUS(PlanReopening(round, EntityTag(kStore, 3), "why"),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
}

// --- the outline ---

TEST(Outline, ChangesWhatIsSent) {
  const Round before = In(RoundState::kOpen);
  const auto plan =
      PlanOutline(before, "", {.window_end = Day(7, 31)}, "more time");
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->round.window_end, Day(7, 31));
  EXPECT_EQ(plan->round.window_start, before.window_start);
  EXPECT_EQ(plan->round.reason, "more time");
}

TEST(Outline, ThatIsEqualIsNoNews) {
  const auto plan =
      PlanOutline(In(RoundState::kOpen), "", {.display_name = "Survey"}, "why");
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->changed);
  EXPECT_EQ(plan->round.reason, "the last change");
}

TEST(Outline, ListsEverythingThatIsWrong) {
  const OutlineEdit edit{
      .display_name = "",
      .window_start = Day(8, 1),
      .violations = {{.field = "update_mask",
                      .reason = "PATH_UNKNOWN",
                      .description = "There is no such path."}}};
  const auto plan =
      PlanOutline(In(RoundState::kOpen), "", edit, std::string(2'001, 'x'));
  EXPECT_STATUS(plan, absl::StatusCode::kInvalidArgument, "ROUND_INVALID");
  EXPECT_THAT(Fields(plan.status()),
              ElementsAre("update_mask: PATH_UNKNOWN", "reason: TEXT_TOO_LONG",
                          "round.display_name: REQUIRED",
                          "round.window_end: WINDOW_ORDER"));
}

TEST(Outline, KeepsItsWindow) {
  EXPECT_THAT(
      Fields(PlanOutline(In(RoundState::kOpen), "",
                         {.window_end = std::optional<base::Date>()}, "why")
                 .status()),
      ElementsAre("round.window_end: REQUIRED"));
}

TEST(Outline, OfAFinalRoundStands) {
  EXPECT_STATUS(
      PlanOutline(In(RoundState::kFinal), "", {.purpose = "another"}, "why"),
      absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST(Outline, KnowsTheCurrentRevision) {
  EXPECT_STATUS(PlanOutline(In(RoundState::kOpen), EntityTag("other", 4),
                            {.purpose = "another"}, "why"),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
}

// --- deletion ---

TEST(Deletion, LeavesATombstone) {
  const auto plan = PlanDeletion(In(RoundState::kOpen), "", 0, "by mistake");
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->round.state, RoundState::kDeleted);
  EXPECT_EQ(plan->round.reason, "by mistake");
}

TEST(Deletion, IsRefusedOnceSomebodyHasBegunToAnswer) {
  EXPECT_STATUS(PlanDeletion(In(RoundState::kOpen), "", 1, ""),
                absl::StatusCode::kFailedPrecondition, "ROUND_HAS_SUBMISSIONS");
}

TEST(Deletion, IsNotForFinalRounds) {
  EXPECT_STATUS(PlanDeletion(In(RoundState::kFinal), "", 0, ""),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST(Deletion, KnowsTheCurrentRevision) {
  EXPECT_STATUS(
      PlanDeletion(In(RoundState::kPlanned), EntityTag(kStore, 9), 0, ""),
      absl::StatusCode::kAborted, "ETAG_MISMATCH");
}

}  // namespace
}  // namespace welfare::survey
