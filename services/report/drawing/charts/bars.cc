// Horizontal bars: the answers to a question that may be given several of.
#include <algorithm>
#include <utility>

#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"

namespace welfare::report {
namespace {

constexpr int kBetweenYears = Millimetres(0.25);
constexpr int kBeforeAbsences = Millimetres(1.6);

// How high bars are. The dense one is for lists that have no room otherwise.
struct BarHeights {
  int now;
  int before;
  int least_gap;  // between rows
};
constexpr BarHeights kWide = {Millimetres(4.6), Millimetres(2.8),
                              Millimetres(0.7)};
constexpr BarHeights kDense = {Millimetres(3.7), Millimetres(2.2),
                               Millimetres(0.4)};
constexpr int kNaturalGap = Millimetres(2.6);

struct BarRow {
  std::vector<std::string> label;
  int height = 0;
  bool absence_begins = false;
};

// Lays rows out for bars of these heights; returns how high all of them are.
int MeasureRows(std::vector<BarRow>& rows, const BarHeights& heights,
                std::size_t series, int label_size, int gap) {
  const int bars =
      heights.now + (series > 1 ? kBetweenYears + heights.before : 0);
  int sum = 0;
  for (BarRow& row : rows) {
    const int text =
        static_cast<int>(row.label.size()) * LineHeight(label_size);
    row.height = std::max(bars, text) + gap;
    sum += row.height + (row.absence_begins ? kBeforeAbsences : 0);
  }
  return sum;
}

// Labels take what they need, up to a third of the width; of a narrow figure
// more, so that a word of ten characters stays whole.
int MostOfLabels(const ChartSpace& space) {
  constexpr int kWholeWord = 11;
  return std::clamp(kWholeWord * space.label, space.width * 36 / 100,
                    space.width * 42 / 100);
}

// How long the axis can be that begins at `left`: every bar has room for its
// number behind it.
int RoomOfBars(const Chart& chart, const ChartSpace& space, int left) {
  int length = space.width - left - TextWidth("100%", space.axis) / 2;
  for (const Chart::Series& one : chart.series) {
    for (const Chart::Point& point : one.points) {
      const int of = point.whole > 0 ? point.whole : one.whole;
      const int behind = space.width - left - kBesideMark -
                         TextWidth(point.label, space.label);
      if (point.amount > 0 && of > 0) {
        length =
            std::min(length, static_cast<int>(static_cast<long long>(behind) *
                                              of / point.amount));
      }
    }
  }
  return length;
}

}  // namespace

int LengthOfBars(const Chart& chart, const ChartSpace& space) {
  if (chart.kind != Chart::Kind::kBars || chart.unit != "%") return 0;
  int label_width = 0;
  for (const Chart::Category& category : chart.categories) {
    for (const std::string& line :
         BreakPhrases(category.label, space.label, MostOfLabels(space))) {
      label_width = std::max(label_width, TextWidth(line, space.label));
    }
  }
  return RoomOfBars(chart, space, label_width + kBesideMark);
}

Drawing DrawBars(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  const int size = space.label;
  const int y = pen.SeriesLegend(chart, 0);
  const std::size_t series = chart.series.size();

  const int most = MostOfLabels(space);
  int label_width = 0;
  std::vector<BarRow> rows;
  bool absent = false;
  for (const Chart::Category& category : chart.categories) {
    BarRow row;
    row.label = LabelLines(pen, category.label, size, most);
    for (const std::string& line : row.label) {
      label_width = std::max(label_width, TextWidth(line, size));
    }
    row.absence_begins = category.absence.has_value() && !absent;
    absent = absent || row.absence_begins;
    rows.push_back(std::move(row));
  }

  const int axis_height = LineHeight(space.axis) + Millimetres(0.8);
  const int aside =
      chart.aside.empty() ? 0 : LineHeight(space.legend) + space.legend / 3;
  BarHeights heights = kWide;
  int gap = kNaturalGap;
  if (space.height > 0) {
    const int room = space.height - y - axis_height - aside;
    int needed = MeasureRows(rows, heights, series, size, 0);
    const int count = static_cast<int>(rows.size());
    if (needed + count * heights.least_gap > room) {
      heights = kDense;
      needed = MeasureRows(rows, heights, series, size, 0);
    }
    gap = std::clamp((room - needed) / std::max(1, count), heights.least_gap,
                     kNaturalGap);
  }
  const int rows_height = MeasureRows(rows, heights, series, size, gap);

  const int left = label_width + kBesideMark;
  const int whole = chart.series.empty() ? 1 : chart.series.front().whole;
  const bool percent = chart.unit == "%";
  int length = RoomOfBars(chart, space, left);
  if (space.longest > 0) length = std::min(length, space.longest);
  if (length < space.width / 5) {
    pen.Fault("棒の長さが足りない。区分の言い方を短くする。");
    length = space.width / 5;
  }
  const int bottom = y + rows_height;
  // Numbers of an axis stand apart.
  const int step = !percent ? AxisStep(whole)
                   : length / 4 < TextWidth("100%", space.axis) ? 50
                                                                : 25;
  for (int tick = 0; tick <= (percent ? 100 : whole); tick += step) {
    const int x = left + Share(tick, length, percent ? 100 : whole);
    pen.Line(x, y, x, bottom, tick == 0 ? Ink::kAbsence : Ink::kGrid,
             kGridWidth);
    pen.Text(x, bottom + LineHeight(space.axis), space.axis,
             std::to_string(tick) + (percent && tick > 0 ? "%" : ""),
             Align::kMiddle, Ink::kSecondary);
  }
  int top = y;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const BarRow& row = rows[i];
    if (row.absence_begins) top += kBeforeAbsences;
    int text_y = top + (row.height -
                        static_cast<int>(row.label.size()) * LineHeight(size)) /
                           2;
    for (const std::string& line : row.label) {
      pen.Text(label_width, MiddleBaseline(text_y + LineHeight(size) / 2, size),
               size, line, Align::kEnd);
      text_y += LineHeight(size);
    }
    const int bars =
        heights.now + (series > 1 ? kBetweenYears + heights.before : 0);
    int bar_y = top + (row.height - bars) / 2;
    for (std::size_t s = 0; s < series; ++s) {
      const Chart::Point& point = chart.series[s].points[i];
      const int width =
          Share(point.amount, length,
                point.whole > 0 ? point.whole : chart.series[s].whole);
      const int height = s == 0 ? heights.now : heights.before;
      const int written = s == 0 ? size : space.axis;
      // Words that are higher than their bar keep off the one above.
      const int lower = std::max(0, (written - height) / 2);
      pen.Bar(left, bar_y, width, height, s > 0, chart.categories[i].absence);
      pen.Text(left + width + kBesideMark,
               MiddleBaseline(bar_y + height / 2 + lower, written), written,
               point.label, Align::kStart,
               s == 0 ? Ink::kText : Ink::kSecondary);
      bar_y += height + kBetweenYears;
    }
    top += row.height;
  }
  return pen.Finish(chart, bottom + axis_height);
}

}  // namespace welfare::report
