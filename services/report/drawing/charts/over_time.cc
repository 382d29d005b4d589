// Numbers over time: a line with gaps and breaks, and columns with a part.
#include <utility>

#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"

namespace welfare::report {
namespace {

constexpr int kNaturalTimePlot = Millimetres(34);
constexpr int kLeastTimePlot = Millimetres(10);
constexpr int kPointRadius = Millimetres(0.9);

// The axes of time and number.
struct TimeFrame {
  int left = 0;
  int top = 0;
  int bottom = 0;
  int slot = 0;
  int whole = 1;

  int Middle(std::size_t i) const {
    return left + static_cast<int>(i) * slot + slot / 2;
  }
  int Height(int amount) const { return Share(amount, bottom - top, whole); }
};

// Draws both axes, the names below and where measuring changed. `lines` is the
// number of lines that stand below the axis.
TimeFrame DrawFrame(ChartPen& pen, const Chart& chart, int y, int lines) {
  const ChartSpace& space = pen.space();
  const int size = space.axis;
  int largest = 1;
  for (const Chart::Point& point : chart.series.front().points) {
    largest = std::max(largest, point.amount);
  }
  TimeFrame frame;
  const int step = chart.unit == "%" ? 20 : AxisStep(largest);
  frame.whole = (largest + step - 1) / step * step;
  const std::string unit = chart.unit == "%" ? "%" : "";
  frame.left =
      TextWidth(std::to_string(frame.whole) + unit, size) + Millimetres(1.6);
  const int headroom = LineHeight(space.label) + size / 2;
  const int unit_line = unit.empty() ? LineHeight(size) : 0;
  // A percent sign stands at the numbers themselves.
  if (unit_line > 0) {
    pen.Text(0, y + size, size, "（" + chart.unit + "）", Align::kStart,
             Ink::kSecondary);
  }
  frame.top = y + std::max(headroom, unit_line + size / 2);
  const int below = LineHeight(size) * lines + Millimetres(0.8);
  const int aside =
      chart.aside.empty() ? 0 : LineHeight(space.legend) + space.legend / 3;
  int plot = kNaturalTimePlot;
  if (space.height > 0) {
    plot = std::min(space.height - frame.top - below - aside, Millimetres(60));
    if (plot < kLeastTimePlot) {
      pen.Fault("図を描く高さが足りない。");
      plot = kLeastTimePlot;
    }
  }
  frame.bottom = frame.top + plot;
  frame.slot = (space.width - frame.left) /
               std::max(1, static_cast<int>(chart.categories.size()));
  for (int tick = 0; tick <= frame.whole; tick += step) {
    const int tick_y = frame.bottom - frame.Height(tick);
    pen.Line(frame.left, tick_y, space.width, tick_y,
             tick == 0 ? Ink::kAbsence : Ink::kGrid, kGridWidth);
    pen.Text(frame.left - Millimetres(1.2), MiddleBaseline(tick_y, size), size,
             std::to_string(tick) + (tick > 0 ? unit : ""), Align::kEnd,
             Ink::kSecondary);
  }
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    pen.Text(frame.Middle(i), frame.bottom + LineHeight(size), size,
             chart.categories[i].label, Align::kMiddle);
    if (i > 0 && chart.series.front().points[i].breaks) {
      const int x = frame.left + static_cast<int>(i) * frame.slot;
      pen.Line(x, frame.top, x, frame.bottom, Ink::kAbsence, kGridWidth, true);
    }
  }
  return frame;
}

}  // namespace

Drawing DrawLine(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  if (chart.series.empty()) return pen.Finish(chart, 0);
  const std::vector<Chart::Point>& points = chart.series.front().points;
  const TimeFrame frame = DrawFrame(pen, chart, 0, 1);
  const auto y_of = [&](std::size_t i) {
    return frame.bottom - frame.Height(points[i].amount);
  };
  for (std::size_t i = 1; i < points.size(); ++i) {
    // A line joins what is known and was measured alike.
    if (points[i].absent || points[i - 1].absent || points[i].breaks) continue;
    pen.Line(frame.Middle(i - 1), y_of(i - 1), frame.Middle(i), y_of(i),
             Ink::kNavy, Millimetres(0.6));
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const int y = points[i].absent ? frame.bottom : y_of(i);
    if (!points[i].absent)
      pen.Dot(frame.Middle(i), y, kPointRadius, Ink::kNavy);
    pen.Text(frame.Middle(i), y - kPointRadius - Millimetres(0.8), space.label,
             points[i].label, Align::kMiddle);
  }
  return pen.Finish(chart,
                    frame.bottom + LineHeight(space.axis) + Millimetres(0.8));
}

Drawing DrawTimeline(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  if (chart.series.empty()) return pen.Finish(chart, 0);
  const bool parts = chart.series.size() > 1;
  int y = 0;
  if (parts) {
    y = pen.Legend({{chart.series[0].label, Ink::kNavy, std::nullopt},
                    {chart.series[1].label, Ink::kOrder3, std::nullopt}},
                   0);
  }
  const TimeFrame frame = DrawFrame(pen, chart, y, parts ? 2 : 1);
  const int width = std::min(Millimetres(9), frame.slot * 6 / 10);
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    const Chart::Point& all = chart.series[0].points[i];
    const int x = frame.Middle(i) - width / 2;
    const int height = all.absent ? 0 : frame.Height(all.amount);
    pen.Text(frame.Middle(i), frame.bottom - height - Millimetres(0.9),
             space.label, all.label, Align::kMiddle);
    pen.Box(x, frame.bottom - height, width, height, Ink::kNavy);
    if (!parts) continue;
    const Chart::Point& part = chart.series[1].points[i];
    const int part_height =
        part.absent ? 0 : std::min(height, frame.Height(part.amount));
    pen.ClassBox(x, frame.bottom - height, width, part_height, Ink::kOrder3);
    pen.Text(frame.Middle(i), frame.bottom + 2 * LineHeight(space.axis),
             space.axis, part.label, Align::kMiddle, Ink::kSecondary);
  }
  return pen.Finish(chart, frame.bottom +
                               (parts ? 2 : 1) * LineHeight(space.axis) +
                               Millimetres(0.8));
}

}  // namespace welfare::report
