#include "services/text/display_width.h"

#include <gtest/gtest.h>

namespace welfare::text {
namespace {

TEST(DisplayWidth, CountsTerminalColumns) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("千代田区"), 8U);
  EXPECT_EQ(DisplayWidth("ｱｲｳ"), 3U);
  EXPECT_EQ(DisplayWidth("Ａ１"), 4U);
  EXPECT_EQ(DisplayWidth("か\u3099"), 2U);
  EXPECT_EQ(DisplayWidth("葛\U000E0100"), 2U);
  EXPECT_EQ(DisplayWidth("①※"), 4U);
  EXPECT_EQ(DisplayWidth("①※", false), 2U);
  EXPECT_EQ(DisplayWidth("a\xFF"), 2U);
}

TEST(DisplayWidth, PadsToAColumn) {
  EXPECT_EQ(PadRight("港区", 6), "港区  ");
  EXPECT_EQ(PadLeft("30", 4), "  30");
  EXPECT_EQ(PadRight("千代田区", 6), "千代田区");
}

}  // namespace
}  // namespace welfare::text
