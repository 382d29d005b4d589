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
