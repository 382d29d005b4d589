#include "services/base/time/date.h"

#include <gtest/gtest.h>

#include <string_view>

#include "services/base/error.h"

namespace welfare::base {
namespace {

TEST(Date, ReadsIsoDates) {
  const auto date = Date::Parse("2025-06-16");
  ASSERT_TRUE(date.ok());
  EXPECT_EQ(date->year(), 2025);
  EXPECT_EQ(date->month(), 6);
  EXPECT_EQ(date->day(), 16);
  EXPECT_EQ(date->ToString(), "2025-06-16");
  EXPECT_TRUE(Date::Parse("2024-02-29").ok());
}

TEST(Date, RefusesOtherFormsAndDaysThatAreNone) {
  for (const std::string_view text :
       {"", "2025-6-16", "2025/06/16", "20250616", "2025-06-16 ", "２０２５",
        "2025-06-1a", "-025-06-16"}) {
    EXPECT_EQ(ReasonOf(Date::Parse(text).status()), "DATE_FORMAT") << text;
  }
  for (const std::string_view text :
       {"2025-02-29", "2025-13-01", "2025-00-01", "2025-04-31", "0000-01-01"}) {
    EXPECT_EQ(ReasonOf(Date::Parse(text).status()), "DATE_INVALID") << text;
  }
}

TEST(Date, CountsDays) {
  EXPECT_EQ(Date().days_since_epoch(), 0);
  EXPECT_EQ(Date::Parse("2025-07-11")->days_since_epoch() -
                Date::Parse("2025-06-16")->days_since_epoch() + 1,
            26);
  for (std::int64_t days = -700'000; days < 2'900'000; days += 997) {
    EXPECT_EQ(Date::FromDaysSinceEpoch(days).days_since_epoch(), days);
  }
}

TEST(Date, OrdersByCalendar) {
  EXPECT_LT(*Date::Make(2025, 3, 31), *Date::Make(2025, 4, 1));
  EXPECT_LT(*Date::Make(2024, 12, 31), *Date::Make(2025, 1, 1));
}

}  // namespace
}  // namespace welfare::base
