// One bar per year, divided into classes; and the same as a ring.
#include <cmath>
#include <numbers>
#include <utility>

#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"

namespace welfare::report {
namespace {

constexpr int kNow = Millimetres(9);
constexpr int kBefore = Millimetres(6.3);
constexpr int kWhiteGap = Millimetres(0.4);
constexpr int kPadding = Millimetres(1);

// The fill of each category; nothing for absences.
std::vector<std::optional<Ink>> Fills(ChartPen& pen, const Chart& chart) {
  std::size_t classes = 0;
  for (const Chart::Category& category : chart.categories) {
    if (!category.absence.has_value()) ++classes;
  }
  if (classes > kMostClasses) {
    pen.Fault("区分が" + std::to_string(classes) +
              "あり、塗り分けられる4を超える。");
  }
  std::vector<std::optional<Ink>> fills;
  std::size_t next = 0;
  for (const Chart::Category& category : chart.categories) {
    if (category.absence.has_value()) {
      fills.emplace_back();
      continue;
    }
    fills.emplace_back(ClassFill(std::min(next, kMostClasses - 1),
                                 std::min(classes, kMostClasses),
                                 chart.ordered));
    ++next;
  }
  return fills;
}

std::vector<ChartPen::Key> KeysOf(
    const Chart& chart, const std::vector<std::optional<Ink>>& fills) {
  std::vector<ChartPen::Key> keys;
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    keys.push_back(
        {chart.categories[i].label, fills[i], chart.categories[i].absence});
  }
  return keys;
}

// The words of a series, `令和7年度　n=30`, as two lines.
std::vector<std::string> SeriesLines(const std::string& label) {
  const std::size_t blank = label.find("　");
  if (blank == std::string::npos) return {label};
  return {label.substr(0, blank),
          label.substr(blank + std::string_view("　").size())};
}

}  // namespace

Drawing DrawStacked(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  const int size = space.label;
  const std::vector<std::optional<Ink>> fills = Fills(pen, chart);
  int y = pen.Legend(KeysOf(chart, fills), 0) + Millimetres(0.8);
  int label_width = 0;
  for (const Chart::Series& series : chart.series) {
    for (const std::string& line : SeriesLines(series.label)) {
      label_width = std::max(label_width, TextWidth(line, size));
    }
  }
  const int left = label_width + Millimetres(2);
  const int length = space.width - left;
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const Chart::Series& series = chart.series[s];
    const int height = s == 0 ? kNow : kBefore;
    const std::vector<std::string> lines = SeriesLines(series.label);
    int text_y =
        y + (height - static_cast<int>(lines.size()) * LineHeight(size)) / 2;
    const int row_top = std::min(text_y, y);
    const int shift = y - row_top;  // the words may be higher than the bar
    text_y += shift;
    const int bar_y = y + shift;
    for (const std::string& line : lines) {
      pen.Text(0, MiddleBaseline(text_y + LineHeight(size) / 2, size), size,
               line, Align::kStart, s == 0 ? Ink::kText : Ink::kSecondary);
      text_y += LineHeight(size);
    }
    // Edges come from running totals, so that rounding opens no gap.
    int total = 0;
    std::vector<std::string> below;
    for (std::size_t i = 0; i < series.points.size(); ++i) {
      const Chart::Point& point = series.points[i];
      const int from = left + Share(total, length, series.whole);
      total += point.amount;
      const int to = left + Share(total, length, series.whole);
      if (point.absent || point.amount == 0) continue;
      const int width = std::max(to - from - kWhiteGap, kWhiteGap);
      if (fills[i].has_value()) {
        pen.ClassBox(from, bar_y, width, height, *fills[i]);
      } else {
        pen.AbsenceBox(from, bar_y, width, height,
                       *chart.categories[i].absence);
      }
      const Ink ink = fills[i].has_value() ? InkOn(*fills[i]) : Ink::kText;
      const int middle = from + width / 2;
      const int baseline = MiddleBaseline(bar_y + height / 2, size);
      const std::string count = std::to_string(point.amount);
      // Nothing is readable on a hatch.
      const bool plain = fills[i].has_value() || chart.categories[i].absence ==
                                                     base::Absence::kNotCounted;
      if (plain && TextWidth(point.label, size) + kPadding <= width) {
        pen.Text(middle, baseline, size, point.label, Align::kMiddle, ink);
        continue;
      }
      if (plain && TextWidth(count, size) + kPadding / 2 <= width) {
        pen.Text(middle, baseline, size, count, Align::kMiddle, ink);
      }
      below.push_back(chart.categories[i].label + " " + point.label);
    }
    y = bar_y + height;
    std::string line;
    const auto write = [&] {
      y += LineHeight(space.axis) + Millimetres(0.3);
      pen.Text(space.width, y, space.axis, line, Align::kEnd, Ink::kSecondary);
      line.clear();
    };
    for (const std::string& words : below) {
      const std::string longer = line.empty() ? words : line + "　" + words;
      if (!line.empty() && TextWidth(longer, space.axis) > space.width) {
        write();
        line = words;
      } else {
        line = longer;
      }
    }
    if (!line.empty()) write();
    y += Millimetres(2.6);
  }
  return pen.Finish(chart, y - Millimetres(1.4));
}

Drawing DrawDonut(const Chart& chart, const ChartSpace& space) {
  ChartPen pen(space);
  const std::vector<std::optional<Ink>> fills = Fills(pen, chart);
  if (chart.series.empty()) return pen.Finish(chart, 0);
  const Chart::Series& series = chart.series.front();
  std::vector<ChartPen::Key> keys = KeysOf(chart, fills);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys[i].words += " " + series.points[i].label;
  }
  const int y = pen.Legend(keys, 0) + Millimetres(1);
  const int radius =
      space.height > 0
          ? std::min(space.width, space.height - y) / 2 - Millimetres(0.5)
          : std::min(space.width / 2, Millimetres(24));
  if (radius < Millimetres(8)) pen.Fault("輪を描く高さが足りない。");
  const int inner = radius * 6 / 10;
  const int x = space.width / 2;
  const int middle = y + radius;
  const auto corner = [&](int of, double turn) {
    const double angle = turn * 2 * std::numbers::pi;
    return AreaShape::Corner{
        x + static_cast<int>(std::lround(of * std::sin(angle))),
        middle - static_cast<int>(std::lround(of * std::cos(angle)))};
  };
  int total = 0;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const int from = total;
    total += series.points[i].amount;
    if (series.points[i].amount == 0 || series.whole <= 0) continue;
    // A corner every hundredth of the ring looks round.
    constexpr int kSteps = 120;
    const double begin = static_cast<double>(from) / series.whole;
    const double end = static_cast<double>(total) / series.whole;
    const int steps = std::max(2, static_cast<int>((end - begin) * kSteps));
    std::vector<AreaShape::Corner> corners;
    for (int step = 0; step <= steps; ++step) {
      corners.push_back(corner(radius, begin + (end - begin) * step / steps));
    }
    for (int step = steps; step >= 0; --step) {
      corners.push_back(corner(inner, begin + (end - begin) * step / steps));
    }
    const Ink fill = fills[i].value_or(Ink::kAbsence);
    pen.Area(std::move(corners), fill);
    const AreaShape::Corner at =
        corner((radius + inner) / 2, (begin + end) / 2);
    if ((end - begin) * 2 * std::numbers::pi * inner >
        TextWidth(std::to_string(series.points[i].amount), space.label)) {
      pen.Text(at.x, MiddleBaseline(at.y, space.label), space.label,
               std::to_string(series.points[i].amount), Align::kMiddle,
               InkOn(fill));
    }
  }
  pen.Text(x, MiddleBaseline(middle, space.label), space.label,
           "n=" + std::to_string(series.whole), Align::kMiddle);
  return pen.Finish(chart, middle + radius);
}

}  // namespace welfare::report
