#include "services/report/drawing/text_measure.h"

#include <ft2build.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include FT_FREETYPE_H

#include <string>
#include <vector>

#include "services/report/files/print_font_reader.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;

constexpr int kSize = 1000;

TEST(TextMeasure, AWideCharacterIsAsWideAsItIsHigh) {
  EXPECT_EQ(TextWidth("令和", kSize), 2 * kSize);
  EXPECT_EQ(TextWidth("7", kSize), 630);  // 1290 of 2048
  EXPECT_EQ(TextWidth("ｱ", kSize), 500);
  EXPECT_EQ(TextWidth("", kSize), 0);
}

// What is measured is what is printed.
TEST(TextMeasure, AgreesWithTheFont) {
  const auto font = LoadPrintFont();
  ASSERT_OK(font);
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  ASSERT_EQ(FT_Init_FreeType(&library), 0);
  const void* const data = font->bytes->data();
  ASSERT_EQ(
      FT_New_Memory_Face(library, static_cast<const FT_Byte*>(data),
                         static_cast<FT_Long>(font->bytes->size()), 0, &face),
      0);
  EXPECT_EQ(face->units_per_EM, 2048);
  int compared = 0;
  FT_UInt glyph = 0;
  for (FT_ULong c = FT_Get_First_Char(face, &glyph); glyph != 0;
       c = FT_Get_Next_Char(face, c, &glyph)) {
    if (c > 0xFFFF) continue;
    ASSERT_EQ(FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE), 0);
    EXPECT_EQ(CharacterAdvance(static_cast<char32_t>(c)),
              face->glyph->metrics.horiAdvance)
        << "U+" << std::hex << c;
    ++compared;
  }
  EXPECT_GT(compared, 9000);
  FT_Done_Face(face);
  FT_Done_FreeType(library);
}

TEST(BreakLines, KeepsWhatFitsOnOneLine) {
  EXPECT_THAT(BreakLines("相談支援", kSize, 4 * kSize),
              ElementsAre("相談支援"));
  EXPECT_THAT(BreakLines("", kSize, kSize), ElementsAre(""));
}

TEST(BreakLines, NoLineBeginsWithClosingPunctuationOrASmallKana) {
  EXPECT_THAT(BreakLines("あいう。えお", kSize, 3 * kSize),
              ElementsAre("あい", "う。え", "お"));
  EXPECT_THAT(BreakLines("チームでキャッチ", kSize, 5 * kSize),
              ElementsAre("チームで", "キャッチ"));
}

TEST(BreakLines, NoLineEndsWithAnOpeningBracket) {
  EXPECT_THAT(BreakLines("相談（方法）", kSize, 3 * kSize),
              ElementsAre("相談", "（方", "法）"));
}

TEST(BreakLines, KeepsNumbersWithTheirUnitsAndLatinWordsWhole) {
  EXPECT_THAT(BreakLines("全体で23自治体（76.7%）", kSize, 6 * kSize),
              ElementsAre("全体で", "23自治体", "（76.7%）"));
  EXPECT_THAT(BreakLines("とてもLINE相談", kSize, 4 * kSize),
              ElementsAre("とても", "LINE相", "談"));
}

TEST(BreakLines, BreaksAPieceThatNoLineHoldsWhereItReadsBest) {
  const auto broken = [](std::string_view text, int width) {
    return BreakLines(text, kSize, width, LongPieces::kBreak);
  };
  // A dash is 0.63 of the size as digits are, a slash 0.35.
  EXPECT_THAT(broken("2025-06-16/2025-07-11", 7 * kSize),
              ElementsAre("2025-06-16/", "2025-07-11"));
  EXPECT_THAT(broken("2025-06-16/2025-07-11", 5 * kSize),
              ElementsAre("2025-06-", "16/", "2025-07-", "11"));
  EXPECT_THAT(broken("計1,234,567件", 3 * kSize),
              ElementsAre("計", "1,23", "4,567", "件"));
  EXPECT_THAT(broken("0123456789abcdef", 4 * kSize),
              ElementsAre("012345", "6789ab", "cdef"));
  // Kinsoku holds as long as it can.
  EXPECT_THAT(broken("あ」」」」い", 2 * kSize),
              ElementsAre("あ」", "」」", "」い"));
  EXPECT_THAT(broken("あい", kSize / 2), ElementsAre("あ", "い"));
  EXPECT_THAT(broken("あい", -1), ElementsAre("あ", "い"));
  EXPECT_THAT(broken("", kSize), ElementsAre(""));
  // What fits stands as it does elsewhere.
  for (const int width : {3, 5, 8, 20}) {
    const std::string_view text = "相談（方法）は23自治体、LINEは8自治体。";
    EXPECT_EQ(BreakLines(text, kSize, 6 * kSize + width * kSize),
              broken(text, 6 * kSize + width * kSize));
  }
}

TEST(BreakLines, LosesNothingAndHoldsItsWidth) {
  constexpr std::string_view kText =
      "reports/2025-06-16/図4-1（速報）、https://例.jp/a_b?c=d&e=1,234.5ポイント"
      "か\u3099々々ーーーー0123456789abcdef0123456789abcdef";
  for (int width = 2 * kSize; width < 40 * kSize; width += kSize / 3) {
    std::string all;
    for (const std::string& line :
         BreakLines(kText, kSize, width, LongPieces::kBreak)) {
      EXPECT_LE(TextWidth(line, kSize), width) << line;
      EXPECT_FALSE(line.starts_with("\u3099"));
      all += line;
    }
    EXPECT_EQ(all, kText);
  }
}

TEST(BreakLines, AMarkStaysWithItsCharacter) {
  // 葛 with a variation selector, か with a voicing mark of its own.
  constexpr std::string_view kText = "葛\U000E0100か\u3099";
  for (const LongPieces how : {LongPieces::kKeep, LongPieces::kBreak}) {
    EXPECT_THAT(BreakLines(kText, kSize, kSize, how),
                ElementsAre("葛\U000E0100", "か\u3099"));
  }
}

TEST(BreakPhrases, EndsLinesWherePeoplePause) {
  EXPECT_THAT(BreakPhrases("地域福祉コーディネーターのアウトリーチ", kSize,
                           14 * kSize),
              ElementsAre("地域福祉コーディネーターの", "アウトリーチ"));
  EXPECT_THAT(BreakPhrases("既存の各相談支援機関による包括的相談支援", kSize,
                           14 * kSize),
              ElementsAre("既存の各相談支援機関による", "包括的相談支援"));
  EXPECT_THAT(BreakPhrases("カウントしていない", kSize, 5 * kSize),
              ElementsAre("カウント", "していない"));
  EXPECT_THAT(BreakPhrases("全ての値は資料編の表8-1から表8-9に示す。", kSize,
                           13 * kSize),
              ElementsAre("全ての値は資料編の", "表8-1から表8-9に示す。"));
  // Behind a comma rather than within a word.
  EXPECT_THAT(BreakPhrases("把握する、社会資源", kSize, 7 * kSize),
              ElementsAre("把握する、", "社会資源"));
}

TEST(BreakPhrases, KeepsAShareWithItsCountAndAWordOfKatakanaWhole) {
  EXPECT_THAT(BreakPhrases("数えていない自治体は10/30（33.3%）。", kSize,
                           14 * kSize),
              ElementsAre("数えていない自治体は", "10/30（33.3%）。"));
  EXPECT_THAT(BreakPhrases("地域福祉コーディネーターが常駐", kSize, 11 * kSize),
              ElementsAre("地域福祉", "コーディネーターが常駐"));
  EXPECT_THAT(BreakPhrases("場を整備している自治体 n=22（令和6年度 n=17）", kSize,
                           19 * kSize),
              ElementsAre("場を整備している自治体", "n=22（令和6年度 n=17）"));
}

TEST(BreakPhrases, NeverTakesAFurtherLine) {
  constexpr std::string_view kText =
      "個別支援から地域課題の把握、社会資源の開拓。地域福祉コーディネーターの"
      "アウトリーチは23自治体（76.7%）で、カウントしていないのは3。";
  for (int width = 2 * kSize; width < 40 * kSize; width += kSize / 3) {
    for (const LongPieces how : {LongPieces::kKeep, LongPieces::kBreak}) {
      const auto plain = BreakLines(kText, kSize, width, how);
      const auto pausing = BreakPhrases(kText, kSize, width, how);
      EXPECT_LE(pausing.size(), plain.size());
      std::string all;
      for (const std::string& line : pausing) all += line;
      EXPECT_EQ(all, kText);
    }
  }
}

TEST(WidestPiece, IsWhatALineBreaksAround) {
  EXPECT_EQ(WidestPiece("全体で（LINE）", kSize), TextWidth("（LINE）", kSize));
  EXPECT_EQ(WidestPiece("2025-06-16/2025-07-11", kSize),
            TextWidth("2025-06-16/", kSize));
  EXPECT_EQ(WidestPiece("", kSize), 0);
}

TEST(BreakLines, BreaksWhereTheTextDoes) {
  EXPECT_THAT(BreakLines("一\n二三", kSize, 9 * kSize),
              ElementsAre("一", "二三"));
}

TEST(BreakLines, SurvivesWhatIsNoText) {
  EXPECT_THAT(BreakLines("\xC0\x80あ", kSize, 9 * kSize),
              ElementsAre("\xEF\xBF\xBD\xEF\xBF\xBDあ"));
}

}  // namespace
}  // namespace welfare::report
