#include "services/text/normalize.h"

#include <gtest/gtest.h>

#include "services/base/error.h"

namespace welfare::text {
namespace {

TEST(Normalize, ComposesWithoutChangingCompatibilityCharacters) {
  EXPECT_EQ(*ToNfc("か\u3099"), "が");
  EXPECT_EQ(*ToNfc("①（２）～"), "①（２）～");
  EXPECT_EQ(base::ReasonOf(ToNfc("\xFF").status()), "NOT_UTF8");
}

TEST(Normalize, FoldsDigitsAlone) {
  EXPECT_EQ(DigitsToAscii("令和７年度（２０２５）"), "令和7年度（2025）");
}

TEST(Normalize, TrimsJapaneseWhiteSpace) {
  EXPECT_EQ(Trim(" \t　港 区　\r\n"), "港 区");
  EXPECT_EQ(Trim("\u00A0\uFEFFx\u00A0"), "x");
  EXPECT_EQ(Trim("　"), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(NameKey, IsOneForTheSpellingsOfAName) {
  EXPECT_EQ(*NameKey("青ヶ島村"), *NameKey("青ケ島村"));
  EXPECT_EQ(*NameKey("桧原村"), *NameKey("檜原村"));
  EXPECT_EQ(*NameKey("葛\U000E0100飾区"), *NameKey("葛飾区"));
  EXPECT_EQ(*NameKey("葛\uFE00飾区"), *NameKey("葛飾区"));
  EXPECT_EQ(*NameKey("　葛飾区 "), *NameKey("葛飾区"));
}

TEST(NameKey, KeepsNamesApart) {
  EXPECT_NE(*NameKey("港区"), *NameKey("北区"));
  EXPECT_NE(*NameKey("豊島区"), *NameKey("利島村"));
}

}  // namespace
}  // namespace welfare::text
