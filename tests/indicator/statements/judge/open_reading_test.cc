#include "services/indicator/statements/judge/open_reading.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

// A reading of one row over a round of nobody.
class OpenReadingTest : public ::testing::Test {
 protected:
  OpenReadingTest()
      : indicators_(std::make_shared<RoundTable>(testing::MakeTable({})),
                    testing::TestDefinitions()) {
    published_.fiscal_year = testing::kYear;
    published_.profile.version = "1";
    figure_.check = Check::kComputed;
    inputs_.rounds[testing::kYear] = &indicators_;
  }

  // Decides the row with `k` of `n`.
  StatementReading Decide(int k, int n) {
    figure_.claim = ClaimOf(figure_);
    const PublishedRow row{published_, figure_, source_, inputs_};
    OpenReading reading(row);
    reading.Begin();
    reading.Decide(k, n, nullptr);
    return std::move(reading).Take();
  }

  RoundIndicators indicators_;
  PublishedRound published_;
  PublishedFigure figure_;
  FigureSource source_;
  StatementInputs inputs_;
};

TEST_F(OpenReadingTest, ACountIsJudgedByTheCountAlone) {
  figure_.numerator = 23;
  figure_.denominator = 30;
  const StatementReading fits = Decide(23, 31);
  EXPECT_EQ(fits.verdict, Verdict::kFits);
  EXPECT_EQ(fits.rule, "count 23");
  EXPECT_EQ(fits.count_agreement, Agreement::kSame);
  EXPECT_EQ(fits.base_agreement, Agreement::kDiffers);
  EXPECT_EQ(Decide(22, 30).verdict, Verdict::kDoesNotFit);
}

TEST_F(OpenReadingTest, AShareIsJudgedByBoth) {
  figure_.numerator = 62;
  figure_.denominator = 62;
  figure_.value_as_published = "62/62";
  const StatementReading fits = Decide(62, 62);
  EXPECT_EQ(fits.verdict, Verdict::kFits);
  EXPECT_EQ(fits.rule, "base 62; count 62");
  EXPECT_EQ(Decide(62, 63).verdict, Verdict::kDoesNotFit);
}

TEST_F(OpenReadingTest, APercentageAtItsOwnDecimals) {
  figure_.value_as_published = "76.7%";
  EXPECT_EQ(Decide(23, 30).verdict, Verdict::kFits);
  figure_.value_as_published = "77%";
  EXPECT_EQ(Decide(23, 30).verdict, Verdict::kFits);
  figure_.value_as_published = "76%";
  EXPECT_EQ(Decide(23, 30).verdict, Verdict::kDoesNotFit);
  EXPECT_EQ(Decide(0, 0).verdict, Verdict::kDoesNotFit);
}

TEST_F(OpenReadingTest, BoundsHoldWhereNoCountIsPrinted) {
  figure_.lower_bound = 20;
  EXPECT_EQ(Decide(20, 30).rule, "count 20..");
  EXPECT_EQ(Decide(20, 30).verdict, Verdict::kFits);
  EXPECT_EQ(Decide(19, 30).verdict, Verdict::kDoesNotFit);
  figure_.upper_bound = 20;
  EXPECT_EQ(Decide(20, 30).rule, "count 20");
}

TEST_F(OpenReadingTest, WhatIsRefusedIsNotComputed) {
  const PublishedRow row{published_, figure_, source_, inputs_};
  OpenReading reading(row);
  reading.Begin();
  reading.Refuse(NoWindow());
  const StatementReading refused = std::move(reading).Take();
  EXPECT_EQ(refused.verdict, Verdict::kNotComputed);
  EXPECT_EQ(refused.not_computed_reason, "the round has no window");
  EXPECT_EQ(refused.not_computed_reason_ja, "回に回収期間がない");
}

TEST(ShareWords, NobodyHasNoPercentage) {
  EXPECT_EQ(ShareWords(23, 30), "23/30 (76.7%)");
  EXPECT_EQ(ShareWords(0, 0), "0/0");
}

}  // namespace
}  // namespace welfare::indicator
