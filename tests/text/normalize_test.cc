#include "services/text/normalize.h"

#include <gtest/gtest.h>

#include <string_view>

#include "services/base/error.h"

namespace welfare::text {
namespace {

TEST(ComposeKana, JoinsKanaAndItsVoicingMark) {
  EXPECT_EQ(ComposeKana("つくは\u3099市"), "つくば市");
  EXPECT_EQ(ComposeKana("ツクハ\u3099シ"), "ツクバシ");
  EXPECT_EQ(ComposeKana("ハ\u309A"), "パ");
}

TEST(ComposeKana, LeavesMarksThatBelongToNoKana) {
  for (const std::string_view text :
       {"\u3099", "ン\u3099", "a\u3099", "が\u3099", "e\u0301", "か\u309B"}) {
    EXPECT_EQ(ComposeKana(text), text);
  }
}

// NFC would rewrite them to 神福塚都館 of the main block.
TEST(ComposeKana, KeepsCharactersOfTheCompatibilityBlock) {
  constexpr std::string_view kNames = "\uFA19\uFA1B\uFA10\uFA26\uFA2Cか\u3099";
  EXPECT_EQ(ComposeKana(kNames), "\uFA19\uFA1B\uFA10\uFA26\uFA2Cが");
}

TEST(ComposeKana, KeepsBytesThatAreNoText) {
  EXPECT_EQ(ComposeKana("か\u3099\xFF\xE3"), "が\xFF\xE3");
}

TEST(FoldWidth, MakesFullWidthAsciiNarrow) {
  EXPECT_EQ(FoldWidth("ＦＹ２０２５　－（１，２００）"), "FY2025 -(1,200)");
}

TEST(FoldWidth, MakesHalfWidthKanaWide) {
  EXPECT_EQ(FoldWidth("ﾂｸﾊﾞｼ ﾊﾟﾝ ｱｰ｡"), "ツクバシ パン アー。");
}

TEST(FoldWidth, LeavesWhatHasOneWidth) {
  for (const std::string_view text :
       {"千代田区", "①～㈱", "\uFA19", "葛\U000E0100", "plain 12"}) {
    EXPECT_EQ(FoldWidth(text), text == "①～㈱" ? "①~㈱" : text);
  }
}

TEST(Normalize, FoldsDigitsAlone) {
  EXPECT_EQ(DigitsToAscii("令和７年度（２０２５）"), "令和7年度（2025）");
}

TEST(NameKey, IsOneForTheSpellingsOfAName) {
  EXPECT_EQ(*NameKey("青ヶ島村"), *NameKey("青ケ島村"));
  EXPECT_EQ(*NameKey("桧原村"), *NameKey("檜原村"));
  EXPECT_EQ(*NameKey("葛\U000E0100飾区"), *NameKey("葛飾区"));
  EXPECT_EQ(*NameKey("葛\uFE00飾区"), *NameKey("葛飾区"));
  EXPECT_EQ(*NameKey("　葛飾区 "), *NameKey("葛飾区"));
}

TEST(NameKey, IsOneForWidthsOfKanaAndLetters) {
  EXPECT_EQ(*NameKey("青ｹ島村"), *NameKey("青ヶ島村"));
  EXPECT_EQ(*NameKey("つくば市ﾊﾞｽ"), *NameKey("つくば市バス"));
  EXPECT_EQ(*NameKey("ＣＨＩＹＯＤＡ"), *NameKey("Chiyoda"));
}

TEST(NameKey, IsOneWhereTheVoicingMarkStandsApart) {
  EXPECT_EQ(*NameKey("つくは\u3099市"), *NameKey("つくば市"));
}

TEST(NameKey, IgnoresInvisibleCharacters) {
  EXPECT_EQ(*NameKey("港\u200B区\u200B"), *NameKey("港区"));
}

TEST(NameKey, IsOneForCharactersOfTheCompatibilityBlock) {
  EXPECT_EQ(*NameKey("大\uFA10市"), *NameKey("大\u585A市"));
}

TEST(NameKey, RefusesWhatIsNoText) {
  EXPECT_EQ(base::ReasonOf(NameKey("\xFF").status()), "NOT_UTF8");
}

TEST(NameKey, KeepsNamesApart) {
  EXPECT_NE(*NameKey("港区"), *NameKey("北区"));
  EXPECT_NE(*NameKey("豊島区"), *NameKey("利島村"));
}

}  // namespace
}  // namespace welfare::text
