#include "services/text/characters.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "services/text/normalize.h"

namespace welfare::text {
namespace {

TEST(IsBlank, HoldsForWhiteSpaceOfEveryKind) {
  for (const std::string_view text :
       {"", " ", "\t\r\n", "\u3000", "\u00A0", "\u0085", "\u2003", "\u2028",
        "\u1680", "\u202F"}) {
    EXPECT_TRUE(IsBlank(text)) << testing::PrintToString(text);
  }
}

TEST(IsBlank, HoldsForCharactersThatNobodySees) {
  for (const std::string_view text :
       {"\u200B", "\uFEFF", "\u202E", "\u00AD", "\u200D", "\u2060", "\u3164",
        "\uFFA0", "\u2800", "\uFE0F", "\U000E0100", " \u200B\u3000\uFEFF"}) {
    EXPECT_TRUE(IsBlank(text)) << testing::PrintToString(text);
  }
}

TEST(IsBlank, FailsForWhateverWasWritten) {
  for (const std::string_view text :
       {"0", "-", "。", "・", "\u3099", "\x1B", "\xFF", " a ", "\u200Ba"}) {
    EXPECT_FALSE(IsBlank(text)) << testing::PrintToString(text);
  }
}

TEST(ContinuesCluster, HoldsForMarksAlone) {
  for (const char32_t mark :
       {U'\u3099', U'\u0301', U'\u200D', U'\uFE00', U'\U000E0100'}) {
    EXPECT_TRUE(ContinuesCluster(mark)) << static_cast<unsigned>(mark);
  }
  for (const char32_t other : {U'a', U'が', U'ー', U'々', U' ', U'\u200B'}) {
    EXPECT_FALSE(ContinuesCluster(other)) << static_cast<unsigned>(other);
  }
}

TEST(Trim, RemovesWhiteSpaceAtBothEndsAlone) {
  EXPECT_EQ(Trim(" \t　港 区　\r\n"), "港 区");
  EXPECT_EQ(Trim("\u00A0\uFEFFx\u2003"), "x");
  EXPECT_EQ(Trim("　"), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(Trim, KeepsInvisibleCharactersForTheRuleToRefuse) {
  EXPECT_EQ(Trim(" x\u200B "), "x\u200B");
}

TEST(Trim, KeepsBytesThatAreNoText) {
  EXPECT_EQ(Trim(" \x80\xBF "), "\x80\xBF");
  EXPECT_EQ(Trim("\x80\x80\x80\x80\x80"), "\x80\x80\x80\x80\x80");
}

TEST(NextCharacter, ReadsEachCharacterAndEachWrongByte) {
  const std::string text = "a東\xFF😀";
  std::size_t at = 0;
  EXPECT_EQ(NextCharacter(text, at), U'a');
  EXPECT_EQ(NextCharacter(text, at), U'東');
  EXPECT_EQ(NextCharacter(text, at), std::nullopt);
  EXPECT_EQ(NextCharacter(text, at), U'😀');
  EXPECT_EQ(at, text.size());
}

TEST(AppendCharacter, WritesWhatNextCharacterReads) {
  for (const char32_t character :
       {U'a', U'\u00E9', U'東', U'😀', char32_t{0x10FFFF}}) {
    std::string text;
    AppendCharacter(character, text);
    std::size_t at = 0;
    EXPECT_EQ(NextCharacter(text, at), character);
    EXPECT_EQ(at, text.size());
  }
}

TEST(CountPlain, CountsCharactersOfWhichNobodyAsksMore) {
  EXPECT_EQ(CountPlain("a1,ひらカナー漢字。"), 11U);
  EXPECT_EQ(CountPlain(""), std::nullopt);
  // A kana with its mark apart, a cut character, one of two bytes.
  for (const char* text : {"か\u3099", "東\xE6\x9D", "\xE3\x81", "é", "a b"}) {
    EXPECT_EQ(CountPlain(text), std::nullopt) << text;
  }
  int plain = 0;
  for (char32_t character = 1; character <= 0x10FFFF; ++character) {
    if (character >= 0xD800 && character <= 0xDFFF) continue;
    std::string text;
    AppendCharacter(character, text);
    if (!CountPlain(text)) continue;
    ++plain;
    ASSERT_FALSE(IsWhiteSpace(character) || IsInvisible(character) ||
                 IsControl(character) || IsLineEnd(character) ||
                 ContinuesCluster(character))
        << static_cast<unsigned>(character);
    ASSERT_EQ(FoldWidth(text), text);
    ASSERT_EQ(FoldWidth("カ" + text), "カ" + text);
    ASSERT_EQ(Trim(text), text);
    ASSERT_FALSE(IsBlank(text));
  }
  EXPECT_GT(plain, 20'000);
}

}  // namespace
}  // namespace welfare::text
