// Cells in rows and columns: a matrix of numbers, and the map of tiles.
#include <array>
#include <utility>

#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"

namespace welfare::report {
namespace {

constexpr int kTileGap = Millimetres(0.4);
constexpr int kTileOutline = Millimetres(0.25);
constexpr int kRule = Millimetres(0.3);
constexpr std::string_view kMapNote =
    "位置は隣り合い方を優先した模式図で、面積や距離を表さない。"
    "一番下の行は島しょ（左から北の順）。";

// The fill of a category of the map: years dark to light, then what is in
// preparation (hatched) and the rest (white).
std::optional<Ink> TileFill(const Chart& chart, std::size_t category) {
  constexpr std::array<Ink, 5> kYears = {Ink::kYear1, Ink::kYear2, Ink::kYear3,
                                         Ink::kYear4, Ink::kYear5};
  const std::size_t years = chart.categories.size() - 2;
  if (category < years) {
    return kYears[std::min(category, kYears.size() - 1)];
  }
  return category == years ? std::nullopt : std::optional<Ink>(Ink::kWhite);
}

// How wide the words before the cells are: those of the items, and beside them
// those of their years, where there are several.
struct MatrixLabels {
  int width = 0;
  int years = 0;
};

MatrixLabels LabelsOf(const Chart& chart, const ChartSpace& space,
                      int padding) {
  const int most = space.width * 22 / 100;
  MatrixLabels labels;
  for (const Chart::Series& series : chart.series) {
    if (series.item.empty()) continue;
    labels.years = std::max(
        labels.years, TextWidth(series.label, space.label) + 3 * padding);
    labels.width = std::max(
        labels.width, TextWidth(series.item, space.label) + padding);
  }
  labels.width = labels.years > 0 ? std::min(labels.width, most) : most;
  return labels;
}

// How many series from `first` on are years of one item.
std::size_t YearsFrom(const Chart& chart, std::size_t first) {
  const std::string& item = chart.series[first].item;
  std::size_t end = first + 1;
  while (!item.empty() && end < chart.series.size() &&
         chart.series[end].item == item) {
    ++end;
  }
  return end - first;
}

}  // namespace

Drawing DrawMatrix(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  const int size = space.label;
  const int columns = static_cast<int>(chart.categories.size());
  if (columns == 0) return pen.Finish(chart, 0);
  const int padding = Millimetres(1.2);
  const MatrixLabels labels = LabelsOf(chart, space, padding);
  const int left = labels.width + labels.years;
  const int column = (space.width - left) / columns;
  std::vector<std::vector<std::string>> heads;
  std::size_t head_lines = 1;
  for (const Chart::Category& category : chart.categories) {
    heads.push_back(
        LabelLines(pen, category.label, size, column - 2 * padding));
    head_lines = std::max(head_lines, heads.back().size());
  }
  int y = Millimetres(0.6);
  const int head_height = static_cast<int>(head_lines) * LineHeight(size);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    int text_y = y;
    for (const std::string& line : heads[i]) {
      pen.Text(left + static_cast<int>(i) * column + column / 2,
               MiddleBaseline(text_y + LineHeight(size) / 2, size), size, line,
               Align::kMiddle);
      text_y += LineHeight(size);
    }
  }
  y += head_height + Millimetres(1);
  for (std::size_t first = 0; first < chart.series.size();) {
    const std::size_t years = YearsFrom(chart, first);
    const Chart::Series& now = chart.series[first];
    const std::vector<std::string> label =
        BreakPhrases(now.item.empty() ? now.label : now.item, size,
                     labels.width - padding);
    const int words = static_cast<int>(label.size()) * LineHeight(size);
    // The reported year stands in a row as high as two lines; those before it
    // need no more than to be read.
    const int before = LineHeight(size) * 3 / 2;
    const int below = static_cast<int>(years - 1) * before;
    const int height =
        std::max(words + Millimetres(2) - below,
                 LineHeight(size) * 2 + Millimetres(2));
    pen.Line(0, y, space.width, y, Ink::kNavy, kRule);
    int text_y = y + (height + below - words) / 2;
    for (const std::string& line : label) {
      pen.Text(0, MiddleBaseline(text_y + LineHeight(size) / 2, size), size,
               line, Align::kStart);
      text_y += LineHeight(size);
    }
    for (std::size_t year = 0; year < years; ++year) {
      const Chart::Series& series = chart.series[first + year];
      const Ink ink = year == 0 ? Ink::kText : Ink::kSecondary;
      const int row = year == 0 ? height : before;
      if (labels.years > 0) {
        pen.Text(left - 2 * padding, MiddleBaseline(y + row / 2, size), size,
                 series.label, Align::kEnd, ink);
      }
      for (std::size_t i = 0; i < series.points.size(); ++i) {
        const Chart::Point& point = series.points[i];
        const int x = left + static_cast<int>(i) * column;
        if (year == 0) {
          pen.Box(x + kTileGap, y + kTileGap, column - 2 * kTileGap,
                  row - 2 * kTileGap, Ink::kWash);
        }
        if (TextWidth(point.label, size) > column - 2 * kTileGap) {
          pen.Fault("「" + point.label + "」が表の枠に入らない。");
        }
        pen.Text(x + column / 2, MiddleBaseline(y + row / 2, size), size,
                 point.label, Align::kMiddle, ink);
      }
      y += row;
    }
    first += years;
  }
  pen.Line(0, y, space.width, y, Ink::kNavy, kRule);
  return pen.Finish(chart, y + kRule);
}

Drawing DrawTileMap(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  if (chart.tiles.empty() || chart.categories.size() < 2) {
    return pen.Finish(chart, 0);
  }
  std::vector<ChartPen::Key> keys;
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    const std::optional<Ink> fill = TileFill(chart, i);
    keys.push_back({chart.categories[i].label, fill,
                    fill.has_value() ? std::nullopt
                                     : std::optional<base::Absence>(
                                           base::Absence::kNoAnswer)});
  }
  const int y = pen.Legend(keys, 0);
  int columns = 0;
  int rows = 0;
  for (const Chart::Tile& tile : chart.tiles) {
    columns = std::max(columns, tile.column);
    rows = std::max(rows, tile.row);
  }
  const int size = space.label;
  // Four characters fit into a tile and keep off its edges.
  const int pitch_x = size * 43 / 10 + kTileGap;
  int pitch_y = size * 36 / 10 + kTileGap;
  const std::vector<std::string> notes =
      BreakPhrases(kMapNote, space.axis, space.width);
  const int note = static_cast<int>(notes.size()) * LineHeight(space.axis) +
                   Millimetres(0.6);
  if (space.height > 0) {
    pitch_y = std::min(pitch_y, (space.height - y - note) / rows);
    if (pitch_y < 2 * LineHeight(size) + kTileGap) {
      pen.Fault("配置図の高さが足りない。");
    }
  }
  if (pitch_x * columns > space.width) pen.Fault("配置図の幅が足りない。");
  for (const Chart::Tile& tile : chart.tiles) {
    const int x = (tile.column - 1) * pitch_x;
    const int top = y + (tile.row - 1) * pitch_y;
    const int width = pitch_x - kTileGap;
    const int height = pitch_y - kTileGap;
    const std::optional<Ink> fill = TileFill(chart, tile.category);
    Ink ink = Ink::kText;
    if (!fill.has_value()) {
      pen.AbsenceBox(x, top, width, height, base::Absence::kNoAnswer);
      // The name stands on white, so that the hatch does not cross it.
      const int name = TextWidth(tile.name, size);
      pen.Box(x + (width - name) / 2 - Millimetres(0.2),
              top + (height - LineHeight(size)) / 2, name + Millimetres(0.4),
              LineHeight(size), Ink::kWhite);
    } else if (*fill == Ink::kWhite) {
      pen.Outline(x, top, width, height, kTileOutline);
    } else {
      pen.ClassBox(x, top, width, height, *fill);
      ink = InkOn(*fill);
    }
    if (TextWidth(tile.name, size) > width) {
      pen.Fault("「" + tile.name + "」が配置図の枠に入らない。");
    }
    const int middle = top + height / 2;
    if (tile.words.empty()) {
      pen.Text(x + width / 2, MiddleBaseline(middle, size), size, tile.name,
               Align::kMiddle, ink);
    } else {
      pen.Text(x + width / 2, middle - size / 12, size, tile.name,
               Align::kMiddle, ink);
      pen.Text(x + width / 2, middle + LineHeight(space.axis) - size / 8,
               space.axis, tile.words, Align::kMiddle, ink);
    }
  }
  int bottom = y + rows * pitch_y;
  for (const std::string& line : notes) {
    bottom += LineHeight(space.axis);
    pen.Text(0, bottom, space.axis, line, Align::kStart, Ink::kSecondary);
  }
  return pen.Finish(chart, bottom + Millimetres(0.6));
}

}  // namespace welfare::report
