#include "services/report/drawing/charts/draw_chart.h"

#include "services/report/model/layout.h"

namespace welfare::report {

Drawing DrawChart(const Chart& chart, const ChartSpace& space) {
  switch (chart.kind) {
    case Chart::Kind::kBars:
      return DrawBars(chart, space);
    case Chart::Kind::kStacked:
      return DrawStacked(chart, space);
    case Chart::Kind::kDonut:
      return DrawDonut(chart, space);
    case Chart::Kind::kColumns:
      return DrawColumns(chart, space);
    case Chart::Kind::kLine:
      return DrawLine(chart, space);
    case Chart::Kind::kTimeline:
      return DrawTimeline(chart, space);
    case Chart::Kind::kMatrix:
      return DrawMatrix(chart, space);
    case Chart::Kind::kTileMap:
      return DrawTileMap(chart, space);
  }
  return {};
}

std::string DescribeChart(const Chart& chart) {
  std::string words;
  if (chart.kind == Chart::Kind::kTileMap) {
    for (std::size_t i = 0; i < chart.categories.size(); ++i) {
      words += chart.categories[i].label + "：";
      bool first = true;
      for (const Chart::Tile& tile : chart.tiles) {
        if (tile.category != i) continue;
        words += (first ? "" : "、") + tile.name;
        first = false;
      }
      words += first ? "なし。" : "。";
    }
    return words;
  }
  for (const Chart::Series& series : chart.series) {
    words += SeriesName(series) + "：";
    for (std::size_t i = 0; i < chart.categories.size(); ++i) {
      if (i > 0) words += "、";
      words += chart.categories[i].label + " " + series.points[i].label;
    }
    words += "。";
  }
  return words;
}

}  // namespace welfare::report
