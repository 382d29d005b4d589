#include "services/report/sheets/figure_panels.h"

#include <algorithm>
#include <tuple>
#include <variant>

#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"
#include "services/report/model/words.h"
#include "services/report/sheets/sheet_frame.h"

namespace welfare::report {
namespace {

constexpr int kFigureHead = Millimetres(11.6);
constexpr int kBeforeKeys = Millimetres(4);

// Bars as they would stand alone.
struct Bars {
  const Chart* chart = nullptr;
  SheetArea area;
  SheetSpan span;
  FigurePanel alone;
};

bool SideBySide(const SheetSpan& one, const SheetSpan& other) {
  return std::tie(one.columns, one.first_row, one.rows) ==
         std::tie(other.columns, other.first_row, other.rows);
}

bool Fits(const Bars& bars, const FigurePanel& panel) {
  const ChartSpace space = {.width = bars.area.width,
                            .height = bars.area.height -
                                      FigureHead(panel.base_lines),
                            .label = kLabelSize,
                            .legend = kTableSize,
                            .axis = kNoteSize,
                            .series_keys = !panel.keys_beside,
                            .longest = panel.longest};
  return DrawChart(*bars.chart, space).faults.empty();
}

}  // namespace

int FigureHead(std::size_t base_lines) {
  return kFigureHead + (static_cast<int>(base_lines) - 1) * kBaseLeading;
}

bool IsDrawn(const Figure& figure) {
  return !figure.charts.empty() &&
         (figure.sheet.n == 0 || figure.sheet.n >= kFewestForPercent);
}

bool HasRoomForKeys(const Chart& chart, std::string_view base, int width) {
  const Drawing keys = SeriesKeys(chart, kTableSize);
  return keys.width > 0 &&
         TextWidth(base, kTableSize) + keys.width + kBeforeKeys <= width;
}

std::map<std::size_t, FigurePanel> AlignBars(
    const Page& page,
    const std::function<std::string(const Figure&)>& base_of) {
  std::map<std::size_t, Bars> all;
  for (const auto& [index, place] : page.places) {
    const auto* figure = std::get_if<Figure>(&page.blocks[index]);
    if (figure == nullptr || !IsDrawn(*figure) ||
        figure->charts.front().kind != Chart::Kind::kBars) {
      continue;
    }
    Bars bars{&figure->charts.front(), AreaOf(place), SpanOf(place), {}};
    const std::string base = base_of(*figure);
    const int width = bars.area.width;
    bars.alone.base_lines = BreakPhrases(base, kTableSize, width).size();
    bars.alone.keys_beside = HasRoomForKeys(*bars.chart, base, width);
    bars.alone.longest = LengthOfBars(
        *bars.chart, {width, 0, kLabelSize, kTableSize, kNoteSize});
    all.emplace(index, bars);
  }
  std::map<std::size_t, FigurePanel> panels;
  for (const auto& [index, bars] : all) {
    FigurePanel panel = bars.alone;
    for (const auto& [other, its] : all) {
      if (its.span.columns != bars.span.columns) continue;
      if (panel.longest > 0 && its.alone.longest > 0) {
        panel.longest = std::min(panel.longest, its.alone.longest);
      }
      if (!SideBySide(its.span, bars.span)) continue;
      panel.base_lines = std::max(panel.base_lines, its.alone.base_lines);
      panel.keys_beside = panel.keys_beside && its.alone.keys_beside;
    }
    panels.emplace(index, panel);
  }
  for (auto& [index, panel] : panels) {
    const Bars& bars = all.at(index);
    const bool all_fit = std::ranges::all_of(all, [&](const auto& other) {
      return !SideBySide(other.second.span, bars.span) ||
             Fits(other.second, panels.at(other.first));
    });
    if (all_fit) continue;
    // Then each begins where its own head ends.
    for (const auto& [other, its] : all) {
      if (!SideBySide(its.span, bars.span)) continue;
      panels.at(other).base_lines = its.alone.base_lines;
      panels.at(other).keys_beside = its.alone.keys_beside;
    }
  }
  return panels;
}

}  // namespace welfare::report
