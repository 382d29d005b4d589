#include "services/report/render/svg/svg_chart.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "services/report/render/markup.h"

namespace welfare::report {
namespace {

// Layout units; the SVG scales to the width of its column. Text is 13 units
// high, so a half-width column takes 7 (6.5, rounded up).
constexpr int kWidth = 720;
constexpr int kFont = 13;
constexpr int kColumn = 7;
constexpr int kLine = 17;

constexpr std::string_view kInk = "#22303a";
constexpr std::string_view kFaint = "#5d6b75";
constexpr std::string_view kGrid = "#dfe5e9";
constexpr std::string_view kAxis = "#8d9aa3";
constexpr std::string_view kThisYear = "#1f5c7a";
constexpr std::string_view kLastYear = "#a9c1cd";
constexpr std::string_view kWarn = "#8a4b08";
constexpr std::string_view kMutedThis = "#8c8c8c";
constexpr std::string_view kMutedLast = "#cfcfcf";

struct Tone {
  std::string_view fill;
  std::string_view ink;
};
// Told apart by lightness, so that a print in grey and a colour-blind reader
// keep the order.
constexpr std::array<Tone, 6> kTones = {{{"#1f5c7a", "#ffffff"},
                                         {"#6fa5bd", "#10242e"},
                                         {"#cfe0e8", "#10242e"},
                                         {"#8a6d3b", "#ffffff"},
                                         {"#d9b873", "#2b2110"},
                                         {"#f0e4c8", "#2b2110"}}};
constexpr Tone kMutedTone = {"#d4d4d4", "#333333"};

int ToInt(std::size_t size) { return static_cast<int>(size); }

int TextWidth(std::string_view text) {
  return ToInt(TextColumns(text)) * kColumn;
}

// amount * length / whole, rounded half up.
int Scale(int amount, int length, int whole) {
  if (whole <= 0) return 0;
  const long long product = 2LL * amount * length + whole;
  return static_cast<int>(product / (2LL * whole));
}

class Canvas {
 public:
  void Text(int x, int y, std::string_view text, std::string_view anchor,
            std::string_view fill = kInk, int size = kFont) {
    body_ += "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
             "\" fill=\"" + std::string(fill) + "\"";
    if (anchor != "start") {
      body_ += " text-anchor=\"" + std::string(anchor) + "\"";
    }
    if (size != kFont) body_ += " font-size=\"" + std::to_string(size) + "\"";
    body_ += ">" + EscapeMarkup(text) + "</text>\n";
  }
  void Rect(int x, int y, int width, int height, std::string_view fill) {
    body_ += "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
             "\" width=\"" + std::to_string(width) + "\" height=\"" +
             std::to_string(height) + "\" fill=\"" + std::string(fill) +
             "\"/>\n";
  }
  void Line(int x1, int y1, int x2, int y2, std::string_view stroke,
            int width = 1) {
    body_ += "<line x1=\"" + std::to_string(x1) + "\" y1=\"" +
             std::to_string(y1) + "\" x2=\"" + std::to_string(x2) + "\" y2=\"" +
             std::to_string(y2) + "\" stroke=\"" + std::string(stroke) +
             "\" stroke-width=\"" + std::to_string(width) + "\"/>\n";
  }
  void Circle(int x, int y, int radius, std::string_view fill) {
    body_ += "<circle cx=\"" + std::to_string(x) + "\" cy=\"" +
             std::to_string(y) + "\" r=\"" + std::to_string(radius) +
             "\" fill=\"" + std::string(fill) + "\"/>\n";
  }
  std::string Finish(const Chart& chart, std::string_view id, int height,
                     const std::string& description) {
    // A drawing is copied without its page: it says itself what it shows.
    if (!chart.mark.empty()) {
      Text(kWidth, height + kLine - 4, chart.mark, "end", kWarn, 12);
      height += kLine;
    }
    const std::string title_id = std::string(id) + "-title";
    const std::string desc_id = std::string(id) + "-desc";
    return "<svg role=\"img\" aria-labelledby=\"" + title_id + " " + desc_id +
           "\" viewBox=\"0 0 " + std::to_string(kWidth) + " " +
           std::to_string(height) +
           "\" xmlns=\"http://www.w3.org/2000/svg\" font-size=\"" +
           std::to_string(kFont) + "\">\n<title id=\"" + title_id + "\">" +
           EscapeMarkup((chart.mark.empty() ? "" : "【" + chart.mark + "】") +
                        chart.title) +
           "</title>\n<desc id=\"" + desc_id + "\">" +
           EscapeMarkup(description) + "</desc>\n" + body_ + "</svg>\n";
  }

 private:
  std::string body_;
};

// All figures in words, for readers who do not see the drawing.
std::string Describe(const Chart& chart) {
  std::string words;
  for (const Chart::Series& series : chart.series) {
    words += series.label + "：";
    for (std::size_t i = 0; i < chart.categories.size(); ++i) {
      if (i > 0) words += "、";
      words += chart.categories[i].label + " " + series.points[i].label;
    }
    words += "。";
  }
  return words;
}

// A step of 1, 2 or 5 times a power of ten that divides the axis into at most
// five parts.
int AxisStep(int largest) {
  int step = 1;
  for (int factor = 0; step * 5 < largest; ++factor) {
    step = factor % 3 == 1 ? step / 2 * 5 : step * 2;
  }
  return step;
}

// The legend of series; returns the y below it.
int DrawSeriesLegend(Canvas& canvas, const Chart& chart, int y,
                     std::string_view second = kLastYear) {
  if (chart.series.size() < 2) return y;
  int x = 0;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const int width = TextWidth(chart.series[i].label) + 40;
    if (x > 0 && x + width > kWidth) {
      x = 0;
      y += kLine;
    }
    canvas.Rect(x, y + 3, 12, 12, i == 0 ? kThisYear : second);
    canvas.Text(x + 18, y + 14, chart.series[i].label, "start", kFaint);
    x += width;
  }
  return y + kLine + 8;
}

std::string DrawBars(const Chart& chart, std::string_view id) {
  constexpr int kBar = 15;
  Canvas canvas;
  int y = DrawSeriesLegend(canvas, chart, 0);
  constexpr std::size_t kLabelColumns = 34;
  int label_width = 0;
  int value_width = 0;
  std::vector<std::vector<std::string>> labels;
  for (const Chart::Category& category : chart.categories) {
    labels.push_back(WrapText(category.label, kLabelColumns));
    for (const std::string& line : labels.back()) {
      label_width = std::max(label_width, TextWidth(line));
    }
  }
  for (const Chart::Series& series : chart.series) {
    for (const Chart::Point& point : series.points) {
      value_width = std::max(value_width, TextWidth(point.label));
    }
  }
  const int left = label_width + 12;
  const int length = kWidth - left - value_width - 12;
  const bool percent = chart.unit == "%";
  const int top = y;
  // Rows first, to know where the grid ends.
  int rows_height = 0;
  const int bars = ToInt(chart.series.size()) * (kBar + 2);
  std::vector<int> heights;
  for (const std::vector<std::string>& label : labels) {
    heights.push_back(std::max(bars, ToInt(label.size()) * kLine) + 8);
    rows_height += heights.back();
  }
  const int bottom = top + rows_height;
  const int whole = chart.series.empty() ? 1 : chart.series.front().whole;
  if (percent) {
    for (int tick = 0; tick <= 100; tick += 25) {
      const int x = left + Scale(tick, length, 100);
      canvas.Line(x, top, x, bottom, tick == 0 ? kAxis : kGrid);
      canvas.Text(x, bottom + 15, std::to_string(tick) + "%", "middle", kFaint,
                  11);
    }
  } else {
    const int step = AxisStep(whole);
    for (int tick = 0; tick <= whole; tick += step) {
      const int x = left + Scale(tick, length, whole);
      canvas.Line(x, top, x, bottom, tick == 0 ? kAxis : kGrid);
      canvas.Text(x, bottom + 15, std::to_string(tick), "middle", kFaint, 11);
    }
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const int text_height = ToInt(labels[i].size()) * kLine;
    int text_y = y + (heights[i] - text_height) / 2 + 13;
    for (const std::string& line : labels[i]) {
      canvas.Text(label_width, text_y, line, "end",
                  chart.categories[i].muted ? kFaint : kInk);
      text_y += kLine;
    }
    int bar_y = y + (heights[i] - bars) / 2;
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const Chart::Point& point = chart.series[s].points[i];
      const int width =
          Scale(point.amount, length,
                point.whole > 0 ? point.whole : chart.series[s].whole);
      const bool muted = chart.categories[i].muted;
      canvas.Rect(left, bar_y, width, kBar,
                  s == 0 ? (muted ? kMutedThis : kThisYear)
                         : (muted ? kMutedLast : kLastYear));
      canvas.Text(left + width + 6, bar_y + 12, point.label, "start",
                  s == 0 ? kInk : kFaint, 12);
      bar_y += kBar + 2;
    }
    y += heights[i];
  }
  return canvas.Finish(chart, id, bottom + 22, Describe(chart));
}

std::string DrawStacked(const Chart& chart, std::string_view id) {
  constexpr int kBar = 30;
  Canvas canvas;
  std::vector<Tone> tones;
  std::size_t next = 0;
  for (const Chart::Category& category : chart.categories) {
    tones.push_back(category.muted ? kMutedTone
                                   : kTones[next++ % kTones.size()]);
  }
  int y = 0;
  int label_width = 0;
  for (const Chart::Series& series : chart.series) {
    label_width = std::max(label_width, TextWidth(series.label));
  }
  const int left = label_width + 12;
  const int length = kWidth - left - 20;
  const int bottom = y + ToInt(chart.series.size()) * (kBar + 10);
  for (int tick = 0; tick <= 100; tick += 25) {
    const int x = left + Scale(tick, length, 100);
    canvas.Line(x, y, x, bottom, tick == 0 ? kAxis : kGrid);
    canvas.Text(x, bottom + 14, std::to_string(tick) + "%", "middle", kFaint,
                11);
  }
  for (const Chart::Series& series : chart.series) {
    canvas.Text(label_width, y + 24, series.label, "end");
    // Edges come from running totals, so that rounding opens no gap.
    int total = 0;
    for (std::size_t i = 0; i < series.points.size(); ++i) {
      const Chart::Point& point = series.points[i];
      const int from = left + Scale(total, length, series.whole);
      total += point.amount;
      const int to = left + Scale(total, length, series.whole);
      if (to <= from) continue;
      canvas.Rect(from, y + 4, to - from, kBar, tones[i].fill);
      if (from > left) canvas.Line(from, y + 4, from, y + 4 + kBar, "#ffffff");
      const std::string count = std::to_string(point.amount);
      if (TextWidth(point.label) + 8 <= to - from) {
        canvas.Text((from + to) / 2, y + 24, point.label, "middle",
                    tones[i].ink);
      } else if (TextWidth(count) + 4 <= to - from) {
        canvas.Text((from + to) / 2, y + 24, count, "middle", tones[i].ink);
      }
    }
    y += kBar + 10;
  }
  y = bottom + 26;
  int x = 0;
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    std::vector<std::string> lines = WrapText(chart.categories[i].label, 92);
    int width = 0;
    for (const std::string& line : lines) {
      width = std::max(width, TextWidth(line));
    }
    width += 44;
    if (x > 0 && x + width > kWidth) {
      x = 0;
      y += kLine + 2;
    }
    canvas.Rect(x, y + 2, 12, 12, tones[i].fill);
    for (const std::string& line : lines) {
      canvas.Text(x + 18, y + 13, line, "start", kInk, 12);
      if (&line != &lines.back()) y += kLine;
    }
    x += width;
  }
  return canvas.Finish(chart, id, y + kLine + 4, Describe(chart));
}

struct Frame {
  int left;
  int top;
  int bottom;
  int slot;  // width of one category
  int whole;
};

// The vertical axis and its grid, from 0.
Frame DrawFrame(Canvas& canvas, const Chart& chart, int top, int largest) {
  const int step = AxisStep(std::max(largest, 1));
  const int whole = (std::max(largest, 1) + step - 1) / step * step;
  Frame frame{46, top + 34, top + 34 + 190, 0, whole};
  frame.slot =
      (kWidth - frame.left) / std::max(1, ToInt(chart.categories.size()));
  canvas.Text(0, top + 12, "（" + chart.unit + "）", "start", kFaint, 11);
  for (int tick = 0; tick <= whole; tick += step) {
    const int y = frame.bottom - Scale(tick, frame.bottom - frame.top, whole);
    canvas.Line(frame.left, y, kWidth, y, tick == 0 ? kAxis : kGrid);
    canvas.Text(frame.left - 8, y + 4, std::to_string(tick), "end", kFaint, 11);
  }
  return frame;
}

// The names below the axis; returns the y below them.
int DrawNames(Canvas& canvas, const Chart& chart, const Frame& frame) {
  int deepest = frame.bottom;
  const std::size_t columns =
      static_cast<std::size_t>(std::max(4, frame.slot / kColumn - 1));
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    int y = frame.bottom;
    for (const std::string& line :
         WrapText(chart.categories[i].label, columns)) {
      y += kLine;
      canvas.Text(frame.left + ToInt(i) * frame.slot + frame.slot / 2, y, line,
                  "middle", chart.categories[i].muted ? kFaint : kInk, 12);
    }
    deepest = std::max(deepest, y);
  }
  return deepest + 10;
}

int Largest(const Chart& chart) {
  int largest = 0;
  for (const Chart::Series& series : chart.series) {
    for (const Chart::Point& point : series.points) {
      largest = std::max(largest, point.amount);
    }
  }
  return largest;
}

std::string DrawColumns(const Chart& chart, std::string_view id) {
  Canvas canvas;
  const int top = DrawSeriesLegend(canvas, chart, 0);
  const Frame frame = DrawFrame(canvas, chart, top, Largest(chart));
  const int series_count = ToInt(chart.series.size());
  const int bar = std::min(44, (frame.slot - 14) / std::max(1, series_count));
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    int x = frame.left + ToInt(i) * frame.slot +
            (frame.slot - bar * series_count) / 2;
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const Chart::Point& point = chart.series[s].points[i];
      const int height =
          Scale(point.amount, frame.bottom - frame.top, frame.whole);
      const bool muted = chart.categories[i].muted;
      canvas.Rect(x + 1, frame.bottom - height, bar - 2, height,
                  s == 0 ? (muted ? kMutedThis : kThisYear)
                         : (muted ? kMutedLast : kLastYear));
      canvas.Text(x + bar / 2, frame.bottom - height - 5,
                  point.absent ? point.label : std::to_string(point.amount),
                  "middle", s == 0 ? kInk : kFaint, 12);
      x += bar;
    }
  }
  const int bottom = DrawNames(canvas, chart, frame);
  return canvas.Finish(chart, id, bottom, Describe(chart));
}

std::string DrawSteps(const Chart& chart, std::string_view id) {
  Canvas canvas;
  const Frame frame = DrawFrame(canvas, chart, 0, Largest(chart));
  const Chart::Series& series = chart.series.front();
  const auto x_of = [&](std::size_t i) {
    return frame.left + ToInt(i) * frame.slot + frame.slot / 2;
  };
  const auto y_of = [&](std::size_t i) {
    return frame.bottom - Scale(series.points[i].amount,
                                frame.bottom - frame.top, frame.whole);
  };
  for (std::size_t i = 1; i < series.points.size(); ++i) {
    // A step joins what is known.
    if (series.points[i].absent || series.points[i - 1].absent) continue;
    canvas.Line(x_of(i - 1), y_of(i - 1), x_of(i), y_of(i - 1), kLastYear, 3);
    canvas.Line(x_of(i), y_of(i - 1), x_of(i), y_of(i), kLastYear, 3);
  }
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    if (!series.points[i].absent) canvas.Circle(x_of(i), y_of(i), 6, kThisYear);
    canvas.Text(x_of(i), y_of(i) - 12, series.points[i].label, "middle", kInk,
                15);
  }
  const int bottom = DrawNames(canvas, chart, frame);
  return canvas.Finish(chart, id, bottom, Describe(chart));
}

}  // namespace

std::string RenderSvgChart(const Chart& chart, std::string_view id) {
  switch (chart.kind) {
    case Chart::Kind::kBars:
      return DrawBars(chart, id);
    case Chart::Kind::kStacked:
      return DrawStacked(chart, id);
    case Chart::Kind::kColumns:
      return DrawColumns(chart, id);
    case Chart::Kind::kSteps:
      return DrawSteps(chart, id);
  }
  return "";
}

}  // namespace welfare::report
