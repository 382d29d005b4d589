#include "services/survey/round/round.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using sample::Day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Round Complete() {
  Round round{.name = {.survey = "jusou",
                       .fiscal_year = base::FiscalYear::FromChecked(2025)}};
  round.display_name = "Survey";
  round.codebook = {.survey = "jusou", .version = "1"};
  round.window_start = Day(6, 16);
  round.window_end = Day(7, 11);
  return round;
}

std::vector<std::string> Wrong(const Round& round) {
  std::vector<std::string> wrong;
  for (const base::Violation& violation : CheckRound(round)) {
    wrong.push_back(violation.field + ": " + violation.reason);
  }
  return wrong;
}

TEST(CheckRound, FindsNothingWrongWithACompleteOne) {
  EXPECT_THAT(Wrong(Complete()), IsEmpty());
}

TEST(CheckRound, TakesNoNameThatNobodySees) {
  Round round = Complete();
  round.display_name = "\u3000\u200B";
  EXPECT_THAT(Wrong(round), ElementsAre("round.display_name: REQUIRED"));
  round.display_name = "Sur\x1Bvey";
  round.purpose = "two\nlines";
  round.publisher = "two\nlines";
  EXPECT_THAT(Wrong(round), ElementsAre("round.display_name: TEXT_INVALID",
                                        "round.publisher: TEXT_INVALID"));
}

TEST(CheckRound, NamesEverythingThatIsMissing) {
  Round round = Complete();
  round.display_name.clear();
  round.window_start.reset();
  round.window_end.reset();
  EXPECT_THAT(Wrong(round), ElementsAre("round.display_name: REQUIRED",
                                        "round.window_start: REQUIRED",
                                        "round.window_end: REQUIRED"));
}

TEST(CheckRound, TakesAWindowOfOneDay) {
  Round round = Complete();
  round.window_start = round.window_end = Day(7, 1);
  EXPECT_THAT(Wrong(round), IsEmpty());
}

TEST(CheckRound, RefusesAWindowThatEndsBeforeItBegins) {
  Round round = Complete();
  round.window_end = Day(6, 15);
  EXPECT_THAT(Wrong(round), ElementsAre("round.window_end: WINDOW_ORDER"));
}

TEST(CheckRound, RefusesACodebookOfAnotherSurvey) {
  Round round = Complete();
  round.codebook.survey = "other";
  EXPECT_THAT(Wrong(round), ElementsAre("round.codebook: OTHER_SURVEY"));
}

TEST(CheckRound, BoundsEveryText) {
  Round round = Complete();
  round.purpose = std::string(20'000, 'x');
  EXPECT_THAT(Wrong(round), IsEmpty());
  round.purpose += 'x';
  round.method = round.publisher = round.purpose;
  EXPECT_THAT(Wrong(round), ElementsAre("round.purpose: TEXT_TOO_LONG",
                                        "round.method: TEXT_TOO_LONG",
                                        "round.publisher: TEXT_TOO_LONG"));
}

TEST(Window, HoldsItsFirstAndItsLastDay) {
  const Round round = Complete();
  EXPECT_FALSE(IsOnTime(round, Day(6, 15)));
  EXPECT_TRUE(IsOnTime(round, Day(6, 16)));
  EXPECT_TRUE(IsOnTime(round, Day(7, 11)));
  EXPECT_FALSE(IsOnTime(round, Day(7, 12)));
}

TEST(Window, OnlyWhatComesAfterItIsLate) {
  const Round round = Complete();
  EXPECT_FALSE(IsLate(round, Day(6, 15)));  // neither late nor on time
  EXPECT_FALSE(IsLate(round, Day(7, 11)));
  EXPECT_TRUE(IsLate(round, Day(7, 12)));
}

TEST(Window, ThatIsNotThereMakesNothingLateOrOnTime) {
  Round round = Complete();
  round.window_start.reset();
  round.window_end.reset();
  EXPECT_FALSE(IsOnTime(round, Day(7, 1)));
  EXPECT_FALSE(IsLate(round, Day(7, 1)));
}

}  // namespace
}  // namespace welfare::survey
