#include "services/base/time/fiscal_year.h"

#include <gtest/gtest.h>

#include <string_view>

#include "services/base/error.h"

namespace welfare::base {
namespace {

TEST(FiscalYear, RunsFromAprilToMarch) {
  const FiscalYear year = FiscalYear::FromChecked(2025);
  EXPECT_EQ(year.first_day().ToString(), "2025-04-01");
  EXPECT_EQ(year.last_day().ToString(), "2026-03-31");
  EXPECT_TRUE(year.Contains(*Date::Make(2026, 3, 31)));
  EXPECT_FALSE(year.Contains(*Date::Make(2026, 4, 1)));
  EXPECT_EQ(FiscalYear::FromDate(*Date::Make(2025, 4, 1))->value(), 2025);
  EXPECT_EQ(FiscalYear::FromDate(*Date::Make(2025, 3, 31))->value(), 2024);
}

TEST(FiscalYear, CountsYears) {
  const FiscalYear year = FiscalYear::FromChecked(2025);
  EXPECT_EQ((year - 1).value(), 2024);
  EXPECT_EQ((year + 1).value(), 2026);
  EXPECT_EQ(year - FiscalYear::FromChecked(2021), 4);
  EXPECT_LT(year - 1, year);
}

TEST(FiscalYear, ReadsFourDigits) {
  EXPECT_EQ(FiscalYear::Parse("2025")->ToString(), "2025");
  for (const std::string_view text :
       {"", "25", "２０２５", "2025 ", "+2025", "20250", "R7"}) {
    EXPECT_EQ(ReasonOf(FiscalYear::Parse(text).status()), "FISCAL_YEAR_FORMAT")
        << text;
  }
  EXPECT_EQ(ReasonOf(FiscalYear::Parse("1899").status()), "FISCAL_YEAR_RANGE");
  EXPECT_EQ(ReasonOf(FiscalYear::Make(3000).status()), "FISCAL_YEAR_RANGE");
}

}  // namespace
}  // namespace welfare::base
