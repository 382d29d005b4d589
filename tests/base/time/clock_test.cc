#include "services/base/time/clock.h"

#include <gtest/gtest.h>

#include <string_view>

#include "services/base/error.h"

namespace welfare::base {
namespace {

TEST(Timestamp, ReadsAndWritesRfc3339) {
  struct Row {
    std::string_view text;
    std::string_view written;
  };
  for (const Row& row : {
           Row{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
           {"2025-06-16T09:00:00+09:00", "2025-06-16T00:00:00Z"},
           {"2025-06-15T23:30:00-01:30", "2025-06-16T01:00:00Z"},
           {"2025-06-16T00:00:00.5Z", "2025-06-16T00:00:00.500Z"},
           {"2025-06-16T00:00:00.123456Z", "2025-06-16T00:00:00.123456Z"},
           {"2025-06-16T00:00:00.123000000Z", "2025-06-16T00:00:00.123Z"},
           {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
           {"2025-06-16t00:00:00z", "2025-06-16T00:00:00Z"},
       }) {
    const auto timestamp = Timestamp::ParseRfc3339(row.text);
    ASSERT_TRUE(timestamp.ok()) << row.text << ": " << timestamp.status();
    EXPECT_EQ(timestamp->ToRfc3339(), row.written);
    EXPECT_EQ(*Timestamp::ParseRfc3339(row.written), *timestamp);
  }
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "2025-06-16", "2025-06-16T09:00:00", "2025-06-16 09:00:00Z",
        "2025-06-16T24:00:00Z", "2025-06-16T09:60:00Z", "2025-06-16T09:00:60Z",
        "2025-02-30T00:00:00Z", "2025-06-16T09:00:00.Z",
        "2025-06-16T09:00:00.1234567Z", "2025-06-16T09:00:00+9:00",
        "2025-06-16T09:00:00+0900", "2025-06-16T09:00:00Zx",
        "2025-06-16T09:00:00+", "2025-06-16T09:00:00.5"}) {
    EXPECT_EQ(ReasonOf(Timestamp::ParseRfc3339(text).status()),
              "TIMESTAMP_INVALID")
        << text;
  }
}

TEST(Timestamp, KnowsTheDayInTokyo) {
  const auto before = *Timestamp::ParseRfc3339("2025-06-15T14:59:59.999999Z");
  const auto after = *Timestamp::ParseRfc3339("2025-06-15T15:00:00Z");
  EXPECT_EQ(DateInTokyo(before).ToString(), "2025-06-15");
  EXPECT_EQ(DateInTokyo(after).ToString(), "2025-06-16");
  EXPECT_EQ(StartOfDayInTokyo(*Date::Make(2025, 6, 16)), after);
  EXPECT_EQ(after - before, std::chrono::microseconds(1));
}

}  // namespace
}  // namespace welfare::base
