// Tables as rows that are drawn: how wide their columns are, and what is broken.
#include "services/report/sheets/table_drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "services/report/drawing/text_measure.h"
#include "services/report/sheets/sheet_frame.h"

namespace welfare::report {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

// As the annex has it: twelve columns in half a sheet.
TEST(TableDrawing, HoldsAMatrixOfTwoYearsInAColumnOfTheAnnex) {
  Table table;
  table.row_label = "段階";
  TableRow row{"answered", "いずれかに記入", {}, true};
  for (int i = 0; i < 4; ++i) {
    const std::string group = i < 2 ? "令和7年度　個別支援" : "令和6年度　地域";
    table.columns.push_back({"count", "記入あり", Column::Kind::kNumber, group});
    table.columns.push_back({"base", "n", Column::Kind::kNumber, group});
    table.columns.push_back(
        {"percent", "割合（%）", Column::Kind::kNumber, group});
    for (const char* text : {"39", "39", "100.0"}) {
      row.cells.push_back({text, text, Symbol::kNone});
    }
  }
  table.rows = {row};
  const TableDrawing drawn = DrawTable(table, ColumnsWidth(6), kTableSize);
  EXPECT_THAT(drawn.head.faults, IsEmpty());
  std::vector<std::string> texts;
  for (const Shape& shape : drawn.head.shapes) {
    if (const auto* text = std::get_if<TextShape>(&shape)) {
      texts.push_back(text->text);
    }
  }
  EXPECT_EQ(std::ranges::count(texts, "（%）"), 4);
  EXPECT_EQ(std::ranges::count(texts, "記入"), 4);
}

TEST(TableDrawing, GivesRoomToWhatMakesRowsHigh) {
  Table table;
  table.row_label = "項目";
  table.columns = {{"names", "名前", Column::Kind::kText},
                   {"why", "理由", Column::Kind::kText}};
  std::string names;
  for (int i = 0; i < 30; ++i) names += "中央区社会福祉協議会、";
  for (int i = 0; i < 4; ++i) {
    TableRow row{"a", "調査の対象となった社協の数", {}, false};
    row.cells = {{i == 0 ? names : "社協", "", Symbol::kNone},
                 {"計算した値と同じであると判定した理由", "", Symbol::kNone}};
    table.rows.push_back(row);
  }
  const TableDrawing drawn = DrawTable(table, Millimetres(261), kTableSize);
  // Thirty names of ten characters and a comma take some 990 mm.
  EXPECT_LT(drawn.rows[0].height, Millimetres(30));
  EXPECT_THAT(drawn.head.faults, IsEmpty());
}

TEST(TableDrawing, NumbersAreNeverBroken) {
  Table table;
  table.row_label = "区分";
  table.columns = {{"count", "回答数"}, {"note", "説明", Column::Kind::kText}};
  TableRow row{"a", "とても長い区分の名前が二行になる", {}, false};
  row.cells = {
      {"1234567890", "", Symbol::kNone},
      {"長い説明の文がここに入り、何行にも折り返される。", "", Symbol::kNone}};
  table.rows = {row};
  const TableDrawing drawn = DrawTable(table, Millimetres(70), kTableSize);
  EXPECT_THAT(drawn.head.faults, IsEmpty());
  std::vector<std::string> texts;
  for (const Shape& shape : drawn.rows[0].shapes) {
    if (const auto* text = std::get_if<TextShape>(&shape)) {
      texts.push_back(text->text);
    }
  }
  EXPECT_THAT(texts, Contains("1234567890"));
  EXPECT_GT(texts.size(), 4U);
  EXPECT_THAT(DrawTable(table, Millimetres(24), kTableSize).head.faults,
              Not(IsEmpty()));
}

// A table of texts, one row.
Table TextTable(const std::vector<std::string>& texts) {
  Table table;
  table.row_label = "項目";
  TableRow row{"a", texts[0], {}, false};
  for (std::size_t i = 1; i < texts.size(); ++i) {
    table.columns.push_back(
        {"c" + std::to_string(i), "列", Column::Kind::kText});
    row.cells.push_back({texts[i], texts[i], Symbol::kNone});
  }
  table.rows = {row};
  return table;
}

std::vector<std::string> LinesOf(const Drawing& drawing) {
  std::vector<std::string> lines;
  for (const Shape& shape : drawing.shapes) {
    if (const auto* text = std::get_if<TextShape>(&shape)) {
      lines.push_back(text->text);
    }
  }
  return lines;
}

int LeftOf(const TextShape& text) {
  return text.x -
         (text.align == Align::kEnd ? TextWidth(text.text, text.size) : 0);
}
int RightOf(const TextShape& text) {
  return LeftOf(text) + TextWidth(text.text, text.size);
}

// No fault, and no text outside the table or over another.
void ExpectHeld(const TableDrawing& drawn, int width) {
  EXPECT_THAT(drawn.head.faults, IsEmpty());
  for (const Drawing& row : drawn.rows) {
    EXPECT_THAT(row.faults, IsEmpty());
    for (const Shape& shape : row.shapes) {
      const auto* text = std::get_if<TextShape>(&shape);
      if (text == nullptr) continue;
      EXPECT_GE(LeftOf(*text), 0) << text->text;
      EXPECT_LE(RightOf(*text), width) << text->text;
      for (const Shape& other : row.shapes) {
        const auto* next = std::get_if<TextShape>(&other);
        if (next == nullptr || next->y != text->y ||
            LeftOf(*next) <= LeftOf(*text)) {
          continue;
        }
        EXPECT_LE(RightOf(*text), LeftOf(*next))
            << text->text << " | " << next->text;
      }
    }
  }
}

TEST(TableDrawing, WordsThatNoColumnHoldsAreBroken) {
  const std::string digest =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  const Table table = TextTable(
      {"調査の期間についての長い項目の名前がここに入る",
       "2025-06-16/2025-07-11",
       "対象となった自治体と社会福祉協議会の全部についての長い説明の文",
       "計算値についての長い説明の文がここに入り何行にもなる", digest});
  for (const int millimetres : {128, 110, 90}) {
    const int width = Millimetres(millimetres);
    ExpectHeld(DrawTable(table, width, kTableSize), width);
  }
  // The dates are parted between them where that is enough.
  const auto lines =
      LinesOf(DrawTable(table, Millimetres(128), kTableSize).rows[0]);
  EXPECT_THAT(lines, Contains("2025-06-16/"));
  EXPECT_THAT(lines, Contains("2025-07-11"));
}

TEST(TableDrawing, AColumnIsAsWideAsWhatStandsInIt) {
  const Table table =
      TextTable({"短い", "1通り", "2025-06-16/2025-07-11",
                 "とても長い説明の文がここに入り、何行にも折り返されるが、"
                 "隣の列の語を折らせることはない。"});
  const TableDrawing drawn = DrawTable(table, Millimetres(128), kTableSize);
  ExpectHeld(drawn, Millimetres(128));
  EXPECT_THAT(LinesOf(drawn.rows[0]), Contains("2025-06-16/2025-07-11"));
  // Columns that cannot be are a fault whatever their words do.
  EXPECT_THAT(DrawTable(table, Millimetres(40), kTableSize).head.faults,
              Not(IsEmpty()));
}

TEST(TableDrawing, AHeadingIsHeldByItsColumns) {
  Table table;
  table.row_label = "区分";
  for (int i = 0; i < 4; ++i) {
    table.columns.push_back({"c" + std::to_string(i),
                             "measure_of_something_long", Column::Kind::kNumber,
                             i < 2 ? "2025-06-16/2025-07-11" : "令和6年度"});
  }
  TableRow row{"a", "区分の名前", {}, false};
  for (int i = 0; i < 4; ++i) row.cells.push_back({"1", "1", Symbol::kNone});
  table.rows = {row};
  const TableDrawing drawn = DrawTable(table, Millimetres(90), kTableSize);
  ExpectHeld(drawn, Millimetres(90));
  for (const Shape& shape : drawn.head.shapes) {
    const auto* text = std::get_if<TextShape>(&shape);
    if (text == nullptr || text->align != Align::kEnd) continue;
    EXPECT_LE(TextWidth(text->text, text->size), Millimetres(20) * 2)
        << text->text;
  }
}

}  // namespace
}  // namespace welfare::report
