#include "services/text/edit_distance.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace welfare::text {
namespace {

using std::string_view_literals::operator""sv;

TEST(EditDistance, CountsWhatIsLeftOutPutInAndChanged) {
  EXPECT_EQ(EditDistance("kitten"sv, "sitting"sv), 3U);
  EXPECT_EQ(EditDistance(""sv, "abc"sv), 3U);
  EXPECT_EQ(EditDistance("abc"sv, ""sv), 3U);
  EXPECT_EQ(EditDistance("abc"sv, "abc"sv), 0U);
}

TEST(EditDistance, IsOfElementsWhateverTheyAre) {
  EXPECT_EQ(EditDistance(std::u32string(U"\u6A9C\u539F\u6751"),
                         std::u32string(U"\u6867\u539F\u6751")),
            1U);
  EXPECT_EQ(EditDistance(std::vector<int>{1, 2, 3}, std::vector<int>{3, 2, 1}),
            2U);
}

TEST(EditDistance, IsAMetric) {
  const std::vector<std::string_view> words = {"",    "a",   "ab",  "ba",
                                               "abc", "bca", "aab", "cab"};
  for (const std::string_view a : words) {
    for (const std::string_view b : words) {
      EXPECT_EQ(EditDistance(a, b), EditDistance(b, a));
      EXPECT_EQ(EditDistance(a, b) == 0, a == b);
      for (const std::string_view c : words) {
        EXPECT_LE(EditDistance(a, c), EditDistance(a, b) + EditDistance(b, c));
      }
    }
  }
}

}  // namespace
}  // namespace welfare::text
