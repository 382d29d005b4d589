// Charts as shapes: what is drawn, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"
#include "services/report/render/svg/svg_chart.h"

namespace welfare::report {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A cell of a printed page.
constexpr ChartSpace kPaper = {Millimetres(128), Millimetres(47), Points(9),
                               Points(8.5), Points(8)};

Chart TwoYearChart(Chart::Kind kind) {
  Chart chart;
  chart.kind = kind;
  chart.title = "計画　n=30";
  chart.unit = "%";
  chart.categories = {{"策定済み"},
                      {"策定中"},
                      {"予定なし"},
                      {"無回答", base::Absence::kNoAnswer}};
  chart.series = {{"令和7年度　n=30",
                   30,
                   {{23, "23（76.7%）"},
                    {4, "4（13.3%）"},
                    {2, "2（6.7%）"},
                    {1, "1（3.3%）"}}},
                  {"令和6年度　n=23",
                   23,
                   {{15, "15（65.2%）"},
                    {6, "6（26.1%）"},
                    {2, "2（8.7%）"},
                    {0, "0（0.0%）"}}}};
  return chart;
}

template <typename Kind>
std::vector<Kind> All(const Drawing& drawing) {
  std::vector<Kind> found;
  for (const Shape& shape : drawing.shapes) {
    if (const auto* one = std::get_if<Kind>(&shape)) found.push_back(*one);
  }
  return found;
}

std::vector<std::string> Texts(const Drawing& drawing) {
  std::vector<std::string> texts;
  for (const TextShape& text : All<TextShape>(drawing)) {
    texts.push_back(text.text);
  }
  return texts;
}

int CountBoxes(const Drawing& drawing, Ink fill) {
  const std::vector<BoxShape> boxes = All<BoxShape>(drawing);
  return static_cast<int>(std::ranges::count(boxes, fill, [](const auto& box) {
    return box.fill.value_or(Ink::kText);
  }));
}

// Everything lies within the drawing.
void ExpectInside(const Drawing& drawing) {
  constexpr int kHair = 200;
  for (const TextShape& text : All<TextShape>(drawing)) {
    const int width = TextWidth(text.text, text.size);
    const int left = text.align == Align::kStart ? text.x
                     : text.align == Align::kEnd ? text.x - width
                                                 : text.x - width / 2;
    EXPECT_GE(left, -kHair) << text.text;
    EXPECT_LE(left + width, drawing.width + kHair) << text.text;
    EXPECT_GE(text.y - text.size, -kHair) << text.text;
    EXPECT_LE(text.y, drawing.height + kHair) << text.text;
  }
  for (const BoxShape& box : All<BoxShape>(drawing)) {
    EXPECT_GE(box.x, 0);
    EXPECT_LE(box.x + box.width, drawing.width + kHair);
    EXPECT_LE(box.y + box.height, drawing.height + kHair);
  }
}

TEST(Charts, EveryKindFitsIntoACellOfAPage) {
  for (const Chart::Kind kind :
       {Chart::Kind::kBars, Chart::Kind::kStacked, Chart::Kind::kDonut,
        Chart::Kind::kColumns, Chart::Kind::kLine, Chart::Kind::kTimeline,
        Chart::Kind::kMatrix}) {
    const Drawing drawing = DrawChart(TwoYearChart(kind), kPaper);
    EXPECT_THAT(drawing.faults, IsEmpty()) << static_cast<int>(kind);
    EXPECT_FALSE(drawing.shapes.empty());
    EXPECT_LE(drawing.height, kPaper.height);
    ExpectInside(drawing);
  }
}

TEST(Charts, ASegmentWithoutRoomIsWrittenBelow) {
  const Drawing drawing =
      DrawChart(TwoYearChart(Chart::Kind::kStacked), kPaper);
  EXPECT_THAT(Texts(drawing), Contains("23（76.7%）"));
  EXPECT_THAT(Texts(drawing),
              Contains(HasSubstr("予定なし 2（6.7%）　無回答 1（3.3%）")));
}

TEST(Charts, LastYearIsHollow) {
  Chart chart = TwoYearChart(Chart::Kind::kBars);
  const Drawing both = DrawChart(chart, kPaper);
  chart.series.pop_back();
  const Drawing one = DrawChart(chart, kPaper);
  const auto hollow = [](const Drawing& drawing) {
    const std::vector<BoxShape> boxes = All<BoxShape>(drawing);
    return std::ranges::count_if(boxes, [](const BoxShape& box) {
      return box.stroke == Ink::kLastYear;
    });
  };
  // Three bars that are not 0, and the key of the legend.
  EXPECT_EQ(hollow(both), 4);
  EXPECT_EQ(hollow(one), 0);
}

TEST(Charts, AnAbsenceLooksLikeNoAnswer) {
  Chart chart = TwoYearChart(Chart::Kind::kColumns);
  const auto lines = [&] {
    return All<LineShape>(DrawChart(chart, kPaper)).size();
  };
  const std::size_t hatched = lines();
  chart.categories[3].absence = base::Absence::kNotCounted;
  EXPECT_LT(lines(), hatched);
  EXPECT_EQ(CountBoxes(DrawChart(chart, kPaper), Ink::kAbsence), 1);
  chart.categories[3].absence = base::Absence::kUnknown;
  EXPECT_FALSE(All<DotShape>(DrawChart(chart, kPaper)).empty());
}

TEST(Charts, NothingIsDrawnForZeroButItsNumberIsWritten) {
  Chart chart = TwoYearChart(Chart::Kind::kBars);
  chart.series.resize(1);
  chart.series[0].points[2] = {0, "0（0.0%）"};
  const Drawing drawing = DrawChart(chart, kPaper);
  EXPECT_EQ(CountBoxes(drawing, Ink::kNavy), 2);
  EXPECT_THAT(Texts(drawing), Contains("0（0.0%）"));
}

TEST(Charts, ColumnsEndAtTheNextTwentyPercent) {
  Chart chart = TwoYearChart(Chart::Kind::kColumns);
  EXPECT_THAT(Texts(DrawChart(chart, kPaper)), Contains("80%"));
  chart.series.resize(1);
  chart.series[0].points = {{3, "3"}, {4, "4"}, {2, "2"}, {1, "1"}};
  const std::vector<std::string> texts = Texts(DrawChart(chart, kPaper));
  EXPECT_THAT(texts, Contains("20%"));
  EXPECT_THAT(texts, Not(Contains("40%")));
  EXPECT_THAT(texts, Contains("13.3"));
}

TEST(Charts, MoreClassesThanFillsAreRefused) {
  Chart chart = TwoYearChart(Chart::Kind::kStacked);
  chart.categories = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}};
  for (Chart::Series& series : chart.series) {
    series.points.resize(5, {1, "1"});
  }
  EXPECT_THAT(DrawChart(chart, kPaper).faults,
              Contains(HasSubstr("4を超える")));
}

TEST(Charts, WhatHasNoRoomIsAFaultAndNotCutOff) {
  Chart chart = TwoYearChart(Chart::Kind::kBars);
  chart.categories[0].label =
      "この区分の言い方はとても長いので二行に収まることはなく、短い言い方を"
      "与えなければならない";
  EXPECT_THAT(DrawChart(chart, kPaper).faults, Contains(HasSubstr("2行")));
  ChartSpace low = kPaper;
  low.height = Millimetres(12);
  for (const Chart::Kind kind :
       {Chart::Kind::kBars, Chart::Kind::kStacked, Chart::Kind::kDonut,
        Chart::Kind::kColumns, Chart::Kind::kLine, Chart::Kind::kTimeline,
        Chart::Kind::kMatrix}) {
    EXPECT_THAT(DrawChart(TwoYearChart(kind), low).faults, Not(IsEmpty()))
        << static_cast<int>(kind);
  }
}

// Both years of an item stand below each other, last year's behind this one's.
TEST(Charts, AMatrixHasALineForEachYearOfAnItem) {
  Chart chart;
  chart.kind = Chart::Kind::kMatrix;
  chart.unit = "%";
  chart.categories = {{"① 発見"}, {"② 関係構築"}};
  chart.series = {
      {"令和7年度　n=39", 39, {{27, "27（69.2%）"}, {30, "30（76.9%）"}}, "個別支援"},
      {"令和6年度　n=33", 33, {{20, "20（60.6%）"}, {21, "21（63.6%）"}}, "個別支援"},
      {"令和7年度　n=39", 39, {{31, "31（79.5%）"}, {33, "33（84.6%）"}}, "地域"}};
  const Drawing drawing = DrawChart(chart, kPaper);
  EXPECT_THAT(drawing.faults, IsEmpty());
  ExpectInside(drawing);
  const std::vector<std::string> texts = Texts(drawing);
  EXPECT_EQ(std::ranges::count(texts, "個別支援"), 1);
  EXPECT_EQ(std::ranges::count(texts, "令和7年度　n=39"), 2);
  std::map<std::string, TextShape> shapes;
  for (const TextShape& text : All<TextShape>(drawing)) {
    shapes[text.text] = text;
  }
  EXPECT_GT(shapes["20（60.6%）"].y, shapes["27（69.2%）"].y);
  EXPECT_EQ(shapes["20（60.6%）"].x, shapes["27（69.2%）"].x);
  EXPECT_EQ(shapes["20（60.6%）"].y, shapes["令和6年度　n=33"].y);
  EXPECT_EQ(shapes["20（60.6%）"].ink, Ink::kSecondary);
  EXPECT_EQ(CountBoxes(drawing, Ink::kWash), 4);
  EXPECT_THAT(DescribeChart(chart),
              HasSubstr("個別支援　令和6年度　n=33：① 発見 20（60.6%）"));
  ChartSpace narrow = kPaper;
  narrow.width = Millimetres(60);
  EXPECT_THAT(DrawChart(chart, narrow).faults,
              Contains(HasSubstr("枠に入らない")));
}

TEST(Charts, ALineJoinsOnlyWhatIsKnownAndMeasuredAlike) {
  Chart chart;
  chart.kind = Chart::Kind::kLine;
  chart.unit = "%";
  Chart::Point absent;
  absent.absent = true;
  absent.label = "-";
  Chart::Point broken = {40, "40.0%"};
  broken.breaks = true;
  chart.categories = {{"令和3"}, {"令和4"}, {"令和5"}, {"令和6"}, {"令和7"}};
  chart.series = {
      {"率",
       100,
       {{10, "10.0%"}, {20, "20.0%"}, absent, broken, {50, "50.0%"}}}};
  const Drawing drawing = DrawChart(chart, kPaper);
  const std::vector<LineShape> lines = All<LineShape>(drawing);
  EXPECT_EQ(
      std::ranges::count_if(
          lines, [](const LineShape& line) { return line.ink == Ink::kNavy; }),
      2);
  EXPECT_EQ(std::ranges::count_if(
                lines, [](const LineShape& line) { return line.dashed; }),
            1);
  EXPECT_EQ(All<DotShape>(drawing).size(), 4U);
  EXPECT_THAT(Texts(drawing), Contains("-"));
}

TEST(Charts, TheMapShowsEachMunicipalityOnce) {
  Chart chart;
  chart.kind = Chart::Kind::kTileMap;
  chart.categories = {
      {"令和7（1自治体）"}, {"移行準備（1）"}, {"実施していない（1）"}};
  chart.tiles = {
      {1, 1, "見本", "令和7", 0}, {2, 1, "例示", "", 1}, {2, 3, "試験", "", 2}};
  const Drawing drawing = DrawChart(chart, kPaper);
  EXPECT_THAT(drawing.faults, IsEmpty());
  for (const char* name : {"見本", "例示", "試験", "令和7"}) {
    EXPECT_EQ(std::ranges::count(Texts(drawing), name), 1) << name;
  }
  EXPECT_THAT(DescribeChart(chart), HasSubstr("移行準備（1）：例示。"));
  chart.tiles[0].name = "長い名前の村";
  EXPECT_THAT(DrawChart(chart, kPaper).faults, Contains(HasSubstr("枠に")));
}

// On a screen a chart is as high as it needs to be, and says what it is made
// of.
TEST(Charts, AScreenHasRoomForAll) {
  Chart chart = TwoYearChart(Chart::Kind::kBars);
  chart.mark = "架空データ";
  chart.aside = "「その他」は0（両年度）";
  const std::string svg = RenderSvgChart(chart, "x");
  EXPECT_THAT(svg, HasSubstr(">架空データ</text>"));
  EXPECT_THAT(svg, HasSubstr(">「その他」は0（両年度）</text>"));
  EXPECT_THAT(svg, HasSubstr("<title id=\"x-title\">【架空データ】計画　n=30"));
  EXPECT_THAT(svg, HasSubstr("策定済み 23（76.7%）、策定中 4（13.3%）"));
  EXPECT_THAT(svg, Not(HasSubstr("font-weight")));
}

}  // namespace
}  // namespace welfare::report
