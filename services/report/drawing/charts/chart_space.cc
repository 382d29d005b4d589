#include "services/report/drawing/charts/chart_space.h"

#include <utility>

#include "services/report/drawing/text_measure.h"

namespace welfare::report {
namespace {

constexpr int kOutline = Millimetres(0.25);
constexpr int kHollow = Millimetres(0.35);
constexpr int kHatch = Millimetres(1.2);
constexpr int kHatchWidth = Millimetres(0.22);
constexpr int kDots = Millimetres(1.1);
constexpr int kDotRadius = Millimetres(0.24);

}  // namespace

void ChartPen::Text(int x, int y, int size, std::string_view text, Align align,
                    Ink ink) {
  if (text.empty()) return;
  const int width = TextWidth(text, size);
  const int left = align == Align::kStart ? x
                   : align == Align::kEnd ? x - width
                                          : x - width / 2;
  // A hair more than the space is what rounding makes.
  constexpr int kHair = 100;
  if (left < -kHair || left + width > space_.width + kHair) {
    Fault("「" + std::string(text) + "」が図の幅に入らない。");
  }
  drawing_.shapes.emplace_back(
      TextShape{x, y, size, std::string(text), ink, align});
}

void ChartPen::Box(int x, int y, int width, int height, Ink fill) {
  if (width <= 0 || height <= 0) return;
  drawing_.shapes.emplace_back(
      BoxShape{x, y, width, height, fill, std::nullopt, 0});
}

void ChartPen::ClassBox(int x, int y, int width, int height, Ink fill) {
  if (width <= 0 || height <= 0) return;
  if (!NeedsOutline(fill)) return Box(x, y, width, height, fill);
  drawing_.shapes.emplace_back(
      BoxShape{x, y, width, height, fill, Ink::kNavy, kOutline});
}

void ChartPen::Outline(int x, int y, int width, int height, int stroke) {
  drawing_.shapes.emplace_back(
      BoxShape{x, y, width, height, Ink::kWhite, Ink::kAbsence, stroke});
}

void ChartPen::Hollow(int x, int y, int width, int height) {
  if (width <= 0 || height <= 0) return;
  drawing_.shapes.emplace_back(BoxShape{x, y, width, height, Ink::kWhite,
                                        Ink::kLastYear,
                                        std::min({kHollow, width, height})});
}

void ChartPen::Line(int x1, int y1, int x2, int y2, Ink ink, int width,
                    bool dashed) {
  drawing_.shapes.emplace_back(LineShape{x1, y1, x2, y2, width, ink, dashed});
}

void ChartPen::Dot(int x, int y, int radius, Ink fill) {
  drawing_.shapes.emplace_back(DotShape{x, y, radius, fill});
}

void ChartPen::Area(std::vector<AreaShape::Corner> corners, Ink fill) {
  drawing_.shapes.emplace_back(
      AreaShape{std::move(corners), fill, Ink::kWhite, Millimetres(0.4)});
}

void ChartPen::AbsenceBox(int x, int y, int width, int height,
                          base::Absence kind) {
  if (width <= 0 || height <= 0) return;
  if (kind == base::Absence::kNotCounted) {
    return Box(x, y, width, height, Ink::kAbsence);
  }
  drawing_.shapes.emplace_back(BoxShape{x, y, width, height, Ink::kWhite,
                                        Ink::kAbsence,
                                        std::min({kOutline, width, height})});
  if (kind == base::Absence::kUnknown) {
    for (int dot_y = y + kDots / 2; dot_y + kDotRadius < y + height;
         dot_y += kDots) {
      for (int dot_x = x + kDots / 2; dot_x + kDotRadius < x + width;
           dot_x += kDots) {
        Dot(dot_x, dot_y, kDotRadius, Ink::kAbsence);
      }
    }
    return;
  }
  // Lines x + y = c within the box.
  for (int c = kHatch / 2; c < width + height; c += kHatch) {
    const int from = std::max(0, c - height);
    const int to = std::min(width, c);
    Line(x + from, y + c - from, x + to, y + c - to, Ink::kAbsence,
         kHatchWidth);
  }
}

void ChartPen::Bar(int x, int y, int width, int height, bool last_year,
                   const std::optional<base::Absence>& absence) {
  if (absence.has_value() && !last_year) {
    AbsenceBox(x, y, width, height, *absence);
  } else if (last_year) {
    Hollow(x, y, width, height);
  } else {
    Box(x, y, width, height, Ink::kNavy);
  }
}

int ChartPen::Legend(const std::vector<Key>& keys, int y) {
  if (keys.empty()) return y;
  const int size = space_.legend;
  const int line = size * 150 / 100;
  const int key_width = size * 120 / 100;
  const int key_height = size * 85 / 100;
  const int between = size;
  int x = 0;
  for (const Key& key : keys) {
    const int width = key_width + size / 2 + TextWidth(key.words, size);
    if (x > 0 && x + width > space_.width) {
      x = 0;
      y += line;
    }
    const int top = y + (line - key_height) / 2;
    if (key.absence.has_value()) {
      AbsenceBox(x, top, key_width, key_height, *key.absence);
    } else if (key.fill.has_value()) {
      if (*key.fill == Ink::kWhite) {
        Outline(x, top, key_width, key_height, kOutline);
      } else {
        ClassBox(x, top, key_width, key_height, *key.fill);
      }
    } else {
      Hollow(x, top, key_width, key_height);
    }
    Text(x + key_width + size / 2, MiddleBaseline(y + line / 2, size), size,
         key.words, Align::kStart);
    x += width + between;
  }
  return y + line + size * 30 / 100;
}

int ChartPen::SeriesLegend(const Chart& chart, int y) {
  if (chart.series.size() < 2 || !space_.series_keys) return y;
  std::vector<Key> keys;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    keys.push_back({chart.series[i].label,
                    i == 0 ? std::optional<Ink>(Ink::kNavy) : std::nullopt,
                    std::nullopt});
  }
  return Legend(keys, y);
}

Drawing ChartPen::Finish(const Chart& chart, int height) {
  const int size = space_.legend;
  if (!chart.aside.empty()) {
    for (const std::string& line :
         BreakPhrases(chart.aside, size, space_.width)) {
      height += LineHeight(size);
      Text(space_.width, height, size, line, Align::kEnd, Ink::kSecondary);
    }
    height += size * 30 / 100;
  }
  // On paper the sheet says it; a drawing on a screen is copied without its
  // page.
  if (!chart.mark.empty() && space_.height == 0) {
    height += LineHeight(size);
    Text(space_.width, height, size, chart.mark, Align::kEnd, Ink::kMark);
    height += size * 30 / 100;
  }
  if (space_.height > 0 && height > space_.height) {
    Fault("高さ " + std::to_string((height + 999) / 1000) + "mm が枠の " +
          std::to_string(space_.height / 1000) + "mm を超える。");
  }
  drawing_.height = height;
  return std::move(drawing_);
}

Drawing SeriesKeys(const Chart& chart, int size) {
  Drawing keys;
  if (chart.series.size() < 2) return keys;
  // As wide as a sheet; what it takes is measured below.
  ChartPen pen({.width = Millimetres(297), .legend = size});
  std::vector<ChartPen::Key> years;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const std::string& label = chart.series[i].label;
    years.push_back({label.substr(0, label.find("　")),
                     i == 0 ? std::optional<Ink>(Ink::kNavy) : std::nullopt,
                     std::nullopt});
    keys.width += size * 27 / 10 + TextWidth(years.back().words, size);
  }
  const int width = keys.width;
  const int height = pen.Legend(years, 0);
  keys = pen.Finish(Chart(), height);
  keys.width = width;
  return keys;
}

int Share(int amount, int length, int whole) {
  if (whole <= 0) return 0;
  return static_cast<int>((2LL * amount * length + whole) / (2LL * whole));
}

int AxisStep(int largest) {
  int step = 1;
  for (int factor = 0; step * 5 < largest; ++factor) {
    step = factor % 3 == 1 ? step / 2 * 5 : step * 2;
  }
  return step;
}

std::vector<std::string> LabelLines(ChartPen& pen, std::string_view label,
                                    int size, int width) {
  std::vector<std::string> lines = BreakPhrases(label, size, width);
  if (lines.size() > 2) {
    pen.Fault("「" + std::string(label) +
              "」が2行に入らない。短い言い方を与える。");
  }
  return lines;
}

}  // namespace welfare::report
