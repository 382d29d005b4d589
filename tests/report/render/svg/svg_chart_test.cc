#include "services/report/render/svg/svg_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace welfare::report {
namespace {

using ::testing::HasSubstr;

TEST(SvgChart, StacksSegmentsWithoutGaps) {
  Chart chart;
  chart.kind = Chart::Kind::kStacked;
  chart.title = "n=3";
  chart.categories = {{"a"}, {"b"}, {"c", true}};
  chart.series = {{"今年", 3, {{1, "1"}, {1, "1"}, {1, "1"}}}};
  const std::string svg = RenderSvgChart(chart, "x");
  EXPECT_THAT(svg, HasSubstr("role=\"img\""));
  EXPECT_THAT(svg, HasSubstr("<title id=\"x-title\">n=3</title>"));
  EXPECT_THAT(svg, HasSubstr("a 1、b 1、c 1"));
}

TEST(SvgChart, DrawsNothingForZero) {
  Chart chart;
  chart.kind = Chart::Kind::kBars;
  chart.title = "n=3";
  chart.unit = "%";
  chart.categories = {{"a"}};
  chart.series = {{"今年", 3, {{0, "0（0.0%）"}}}};
  EXPECT_THAT(RenderSvgChart(chart, "x"), HasSubstr("width=\"0\""));
}

TEST(SvgChart, DrawsAbsentPointsAsASymbol) {
  Chart chart;
  chart.title = "n=3";
  chart.unit = "回答数";
  chart.mark = "架空データ";
  chart.categories = {{"a"}, {"b"}};
  Chart::Point absent;
  absent.absent = true;
  absent.label = "-";
  chart.series = {{"今年", 3, {{2, "2"}, absent}}};
  for (const Chart::Kind kind :
       {Chart::Kind::kColumns, Chart::Kind::kSteps, Chart::Kind::kBars}) {
    chart.kind = kind;
    const std::string svg = RenderSvgChart(chart, "x");
    EXPECT_THAT(svg, HasSubstr(">-</text>"));
    EXPECT_THAT(svg, HasSubstr("a 2、b -"));
    EXPECT_THAT(svg, HasSubstr(">架空データ</text>"));
    EXPECT_THAT(svg, HasSubstr("<title id=\"x-title\">【架空データ】n=3"));
  }
}

}  // namespace
}  // namespace welfare::report
