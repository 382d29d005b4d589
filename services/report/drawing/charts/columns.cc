// Columns of shares over a strip of their numbers: ordered classes and
// distributions. The figure is its own table.
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

constexpr int kBeforeAbsenceColumns = Millimetres(6);
constexpr int kWidestColumn = Millimetres(5.5);
constexpr int kNaturalPlot = Millimetres(30);
constexpr int kLeastPlot = Millimetres(9);

// The share in whole percents, rounded up, that the highest column shows.
int HighestPercent(const Chart& chart) {
  int highest = 1;
  for (const Chart::Series& series : chart.series) {
    for (const Chart::Point& point : series.points) {
      const int whole = point.whole > 0 ? point.whole : series.whole;
      if (whole <= 0) continue;
      highest = std::max(highest, (point.amount * 100 + whole - 1) / whole);
    }
  }
  return highest;
}

// `令和7` of `令和7年度　n=30`.
std::string YearOf(const std::string& label) {
  const std::size_t end = label.find("年度");
  return label.substr(0, end == std::string::npos ? label.find("　") : end);
}

std::string ShareWords(const Chart::Point& point, int whole) {
  if (point.absent || whole < kFewestForPercent) return "-";
  return base::FormatPercent(point.amount, whole).value_or("-");
}

}  // namespace

Drawing DrawColumns(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  const int size = space.axis;
  const int line = size * 132 / 100;
  const int count = static_cast<int>(chart.categories.size());
  if (count == 0) return pen.Finish(chart, 0);
  const int y = pen.SeriesLegend(chart, 0);

  int left = TextWidth("100%", size);
  left = std::max(left, TextWidth("割合(%)", size));
  for (const Chart::Series& series : chart.series) {
    left = std::max(left, TextWidth(YearOf(series.label) + "　件数", size));
  }
  left += Millimetres(1.6);
  bool absences = false;
  for (const Chart::Category& category : chart.categories) {
    absences = absences || category.absence.has_value();
  }
  const int gap = absences ? kBeforeAbsenceColumns : 0;
  const int slot = (space.width - left - gap) / count;
  std::vector<std::vector<std::string>> names;
  int name_lines = 1;
  for (const Chart::Category& category : chart.categories) {
    names.push_back(
        LabelLines(pen, category.label, size, slot - Millimetres(0.3)));
    name_lines = std::max(name_lines, static_cast<int>(names.back().size()));
  }
  const int strip =
      line * 2 * static_cast<int>(chart.series.size()) + Millimetres(1.2);
  const int below = LineHeight(size) * name_lines + Millimetres(1.6) + strip;
  const int aside =
      chart.aside.empty() ? 0 : LineHeight(space.legend) + space.legend / 3;
  int plot = kNaturalPlot;
  const int headroom = size / 2;
  if (space.height > 0) {
    plot =
        std::min(space.height - y - headroom - below - aside, Millimetres(60));
    if (plot < kLeastPlot) {
      pen.Fault("柱を描く高さが足りない。");
      plot = kLeastPlot;
    }
  }
  const int top = y + headroom;
  const int bottom = top + plot;
  // The axis ends at the next 20.
  const int whole = std::min(100, (HighestPercent(chart) + 19) / 20 * 20);
  const int step = plot / std::max(1, whole / 20) < size ? whole : 20;
  for (int tick = 0; tick <= whole; tick += step) {
    const int tick_y = bottom - Share(tick, plot, whole);
    pen.Line(left, tick_y, space.width, tick_y,
             tick == 0 ? Ink::kAbsence : Ink::kGrid, kGridWidth);
    pen.Text(left - Millimetres(1.2), MiddleBaseline(tick_y, size), size,
             std::to_string(tick) + (tick > 0 ? "%" : ""), Align::kEnd,
             Ink::kSecondary);
  }
  const int bars = static_cast<int>(chart.series.size());
  const int bar = std::min(kWidestColumn, (slot - Millimetres(1.6)) / bars);
  const int name_bottom =
      bottom + LineHeight(size) * name_lines + Millimetres(1.2);
  int x = left;
  bool behind_gap = false;
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    if (chart.categories[i].absence.has_value() && !behind_gap) {
      behind_gap = true;
      pen.Line(x + gap / 2, top, x + gap / 2, name_bottom + strip,
               Ink::kAbsence, kGridWidth, true);
      x += gap;
    }
    int bar_x = x + (slot - bar * bars) / 2;
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const Chart::Series& series = chart.series[s];
      const Chart::Point& point = series.points[i];
      const int of = point.whole > 0 ? point.whole : series.whole;
      // Of two roundings one is enough: the height comes from the integers.
      const int height =
          of <= 0 ? 0
                  : static_cast<int>((200LL * point.amount * plot +
                                      static_cast<long long>(of) * whole) /
                                     (2LL * of * whole));
      pen.Bar(bar_x + Millimetres(0.2), bottom - height, bar - Millimetres(0.4),
              height, s > 0, chart.categories[i].absence);
      bar_x += bar;
    }
    int text_y = bottom;
    for (const std::string& name : names[i]) {
      text_y += LineHeight(size);
      pen.Text(x + slot / 2, text_y, size, name, Align::kMiddle);
    }
    int strip_y = name_bottom;
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const Chart::Series& series = chart.series[s];
      const Chart::Point& point = series.points[i];
      const Ink ink = s == 0 ? Ink::kText : Ink::kSecondary;
      const int of = point.whole > 0 ? point.whole : series.whole;
      strip_y += line;
      pen.Text(x + slot / 2, strip_y, size,
               point.absent ? point.label : std::to_string(point.amount),
               Align::kMiddle, ink);
      strip_y += line;
      pen.Text(x + slot / 2, strip_y, size, ShareWords(point, of),
               Align::kMiddle, ink);
    }
    x += slot;
  }
  int strip_y = name_bottom;
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const Ink ink = s == 0 ? Ink::kText : Ink::kSecondary;
    pen.Line(0, strip_y + size / 5, space.width, strip_y + size / 5, Ink::kGrid,
             kGridWidth);
    strip_y += line;
    pen.Text(0, strip_y, size, YearOf(chart.series[s].label), Align::kStart,
             ink);
    pen.Text(left - Millimetres(1.2), strip_y, size, "件数", Align::kEnd, ink);
    strip_y += line;
    pen.Text(left - Millimetres(1.2), strip_y, size, "割合(%)", Align::kEnd,
             ink);
  }
  return pen.Finish(chart, name_bottom + strip);
}

}  // namespace welfare::report
