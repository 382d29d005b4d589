#include "services/report/model/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/report/model/printed_texts.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ReportModel Titled() {
  ReportModel model;
  model.title = "報告書";
  model.year = "令和7年度(2025年度)";
  return model;
}

// A table with the columns of `kinds` and one row of `texts`.
Table OneRow(const std::vector<Column::Kind>& kinds,
             const std::vector<std::string>& texts) {
  Table table;
  TableRow row;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Column column;
    column.kind = kinds[i];
    table.columns.push_back(column);
    row.cells.push_back({texts[i], "", Symbol::kNone});
  }
  table.rows.push_back(row);
  return table;
}

TEST(Layout, ARealReportIsUnmarked) {
  const ReportModel model = Titled();
  EXPECT_EQ(DocumentTitle(model), "報告書　令和7年度(2025年度)");
  EXPECT_EQ(RunningTitle(model), "報告書　令和7年度(2025年度)");
  EXPECT_EQ(SyntheticBanner(model), "");
  EXPECT_EQ(FilePrefix(model), "");
}

TEST(Layout, SyntheticDataAreMarkedOfEitherYear) {
  ReportModel model = Titled();
  model.previous_synthetic = true;
  EXPECT_EQ(DocumentTitle(model),
            "【前回は架空データ】報告書　令和7年度(2025年度)");
  EXPECT_EQ(RunningTitle(model), "報告書　令和7年度(2025年度)");
  EXPECT_THAT(std::string(SyntheticBanner(model)),
              ::testing::HasSubstr("前回の値は"));
  EXPECT_EQ(FilePrefix(model), "synthetic-");
  model.synthetic = true;
  EXPECT_EQ(ReportMark(model), "架空データ");
  EXPECT_THAT(std::string(SyntheticBanner(model)),
              ::testing::HasSubstr("この報告書の回答は"));
}

TEST(Layout, ACaptionSaysOfWhomAndWhetherSynthetic) {
  Figure figure;
  figure.title = "計画";
  figure.base = "n=30";
  EXPECT_EQ(CaptionOf(figure), "計画　n=30");
  figure.multiple_answer = true;
  figure.synthetic = true;
  EXPECT_EQ(CaptionOf(figure), "【架空データ】計画　n=30（複数回答）");
  EXPECT_EQ(TitleWithBase(figure), "計画　n=30（複数回答）");
}

TEST(Layout, TheShapeOfAFigureFollowsFromWhatItHolds) {
  Figure figure;
  figure.table = OneRow({Column::Kind::kNumber}, {"1"});
  EXPECT_EQ(ShapeOf(figure), FigureShape::kNarrow);
  figure.table =
      OneRow({Column::Kind::kNumber, Column::Kind::kText}, {"1", ""});
  EXPECT_EQ(ShapeOf(figure), FigureShape::kPlain);
  figure.table.rows.resize(26, figure.table.rows.front());
  EXPECT_EQ(ShapeOf(figure), FigureShape::kLong);
  figure.charts.emplace_back();
  EXPECT_EQ(ShapeOf(figure), FigureShape::kWithChart);
}

TEST(Layout, ShortTextsAreNotBroken) {
  using Kind = Column::Kind;
  EXPECT_THAT(WidthsOf(OneRow({Kind::kNumber, Kind::kText, Kind::kText},
                              {"1", "七文字の言葉で", "八文字の言葉です"})),
              ElementsAre(ColumnWidth::kNumber, ColumnWidth::kShort,
                          ColumnWidth::kText));
}

TEST(Layout, ColumnsOfAYearStandTogether) {
  Table table =
      OneRow(std::vector(4, Column::Kind::kNumber), {"1", "2", "3", "4"});
  EXPECT_THAT(GroupsOf(table), IsEmpty());
  table.columns[1].group = table.columns[2].group = "令和7年度";
  const std::vector<ColumnGroup> groups = GroupsOf(table);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].heading, "");
  EXPECT_EQ(groups[1].heading, "令和7年度");
  EXPECT_EQ(groups[1].columns, 2U);
  EXPECT_EQ(groups[2].columns, 1U);
}

TEST(Layout, ALegendExplainsWhatThePageUses) {
  Page page;
  EXPECT_THAT(LegendOf(page), IsEmpty());
  page.symbols = {{Symbol::kNotApplicable, "-"}};
  page.newcomers = true;
  const std::vector<LegendEntry> legend = LegendOf(page);
  ASSERT_EQ(legend.size(), 2U);
  EXPECT_TRUE(legend[0].newcomer);
  EXPECT_EQ(legend[1].sign, "-");
  EXPECT_EQ(legend[1].meaning, SymbolMeaning(Symbol::kNotApplicable));
}

TEST(Layout, TheContentsListEveryPageButTheCover) {
  ReportModel model;
  model.pages.resize(3);
  model.pages[0].cover = true;
  EXPECT_THAT(ContentsOf(model), ElementsAre(&model.pages[1], &model.pages[2]));
}

TEST(PrintedTexts, NoPlaceholderIsPrintedAsTyped) {
  Page page;
  page.topic = "{topic}";
  page.headline = "令和7年度";
  page.blocks.emplace_back(Paragraph{{{"{name}と{topic}"}}});
  Figure figure;
  figure.table = OneRow({Column::Kind::kText}, {"{cell}"});
  page.blocks.emplace_back(figure);
  EXPECT_THAT(ReplaceRawPlaceholders(page),
              ElementsAre("topic", "name", "cell"));
  std::vector<std::string> texts;
  ForEachText(page, [&](std::string& text) {
    if (!text.empty()) texts.push_back(text);
  });
  EXPECT_THAT(texts, ElementsAre("〔topic〕", "令和7年度",
                                 "〔name〕と〔topic〕", "〔cell〕"));
  EXPECT_THAT(ReplaceRawPlaceholders(page), IsEmpty());
}

TEST(Layout, QuotationsStandByCategoryInTheOrderOfTheFirst) {
  Figure figure;
  figure.quoted = true;
  const auto add = [&](const char* category, const char* text) {
    TableRow row{text, category, {}, false};
    row.cells = {{text, text, Symbol::kNone}, {"自治体", "自治体", Symbol::kNone}};
    figure.table.rows.push_back(row);
  };
  add("居場所", "一");
  add("相談", "二");
  add("居場所", "三");
  const std::vector<QuotedCategory> categories = QuotesOf(figure);
  ASSERT_EQ(categories.size(), 2U);
  EXPECT_EQ(categories[0].name, "居場所");
  ASSERT_EQ(categories[0].quotes.size(), 2U);
  EXPECT_EQ(categories[0].quotes[1].text, "三");
  EXPECT_EQ(categories[0].quotes[1].respondent, "自治体");
  EXPECT_EQ(categories[1].name, "相談");
}

}  // namespace
}  // namespace welfare::report
