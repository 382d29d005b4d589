#include "services/indicator/questionnaire/labels.h"

#include <gtest/gtest.h>

namespace welfare::indicator {
namespace {

const base::FiscalYear kRound = base::FiscalYear::FromChecked(2025);

TEST(Labels, YearsAreFilledInTheFormOfTheEra) {
  EXPECT_EQ(FillYears("{fy_ja}年度 実施自治体", kRound, 0),
            "令和7年度 実施自治体");
  EXPECT_EQ(FillYears("{ref_fy_ja}年度の件数", kRound, -1), "令和6年度の件数");
  EXPECT_EQ(FillYears("{previous_fy_ja}年度", kRound, -1), "令和6年度");
}

TEST(Labels, EveryPlaceIsFilledAndOtherBracesStay) {
  EXPECT_EQ(FillYears("{fy_ja}から{fy_ja}、{name}", kRound, 0),
            "令和7から令和7、{name}");
  EXPECT_EQ(FillYears("", kRound, 0), "");
}

TEST(Labels, AFiscalYearIsCalledByItsEra) {
  EXPECT_EQ(YearLabel(kRound), "令和7年度");
}

}  // namespace
}  // namespace welfare::indicator
