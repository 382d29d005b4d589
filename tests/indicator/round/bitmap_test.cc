#include "services/indicator/round/bitmap.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <initializer_list>

namespace welfare::indicator {
namespace {

// Beyond one word, with a part of another.
constexpr std::size_t kRows = 130;

Bitmap Of(std::initializer_list<std::size_t> rows) {
  Bitmap set(kRows);
  for (const std::size_t row : rows) set.Set(row);
  return set;
}

TEST(Bitmap, HoldsTheRowsThatWereSet) {
  const Bitmap set = Of({0, 63, 64, 129});
  EXPECT_EQ(set.size(), kRows);
  EXPECT_EQ(set.Count(), 4);
  EXPECT_TRUE(set.Test(0) && set.Test(63) && set.Test(64) && set.Test(129));
  EXPECT_FALSE(set.Test(1) || set.Test(65) || set.Test(128));
}

TEST(Bitmap, SetsAreCutJoinedAndTakenApart) {
  const Bitmap a = Of({1, 64, 129});
  const Bitmap b = Of({64, 100});
  EXPECT_EQ(a & b, Of({64}));
  EXPECT_EQ(a | b, Of({1, 64, 100, 129}));
  EXPECT_EQ(a - b, Of({1, 129}));
  EXPECT_EQ(Bitmap::CountBoth(a, b), 1);
}

TEST(Bitmap, ASubsetIsInside) {
  EXPECT_TRUE(Of({64}).IsSubsetOf(Of({1, 64})));
  EXPECT_FALSE(Of({64, 129}).IsSubsetOf(Of({1, 64})));
  EXPECT_TRUE(Of({}).IsSubsetOf(Of({})));
}

TEST(Bitmap, OfNobodyIsEmpty) {
  const Bitmap nobody(0);
  EXPECT_EQ(nobody.Count(), 0);
  EXPECT_TRUE(nobody.IsSubsetOf(nobody));
}

}  // namespace
}  // namespace welfare::indicator
