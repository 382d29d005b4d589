// The room a chart is drawn in, and what all charts are drawn with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/drawing/drawing.h"
#include "services/report/drawing/palette.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// Paper and screen differ in the size of their type, not in what is drawn.
struct ChartSpace {
  int width = 0;
  int height = 0;  // 0: as high as it needs to be
  int label = 0;   // size of labels and of numbers at their marks
  int legend = 0;
  int axis = 0;
  bool series_keys = true;  // false: they stand elsewhere, see SeriesKeys
  // kBars: how long 100% is at most; 0: as there is room. Charts of one sheet
  // have the same, so that equal shares are equally long.
  int longest = 0;
};

// A drawing that is being made. Used by one thread.
class ChartPen {
 public:
  explicit ChartPen(const ChartSpace& space) : space_(space) {
    drawing_.width = space.width;
  }

  const ChartSpace& space() const { return space_; }

  void Text(int x, int y, int size, std::string_view text, Align align,
            Ink ink = Ink::kText);
  void Box(int x, int y, int width, int height, Ink fill);
  // A light fill gets an outline.
  void ClassBox(int x, int y, int width, int height, Ink fill);
  // White within a grey line.
  void Outline(int x, int y, int width, int height, int stroke);
  void Hollow(int x, int y, int width, int height);
  void Line(int x1, int y1, int x2, int y2, Ink ink, int width,
            bool dashed = false);
  void Dot(int x, int y, int radius, Ink fill);
  void Area(std::vector<AreaShape::Corner> corners, Ink fill);
  // Hatched, dotted or grey: what stands for an absence of this kind.
  void AbsenceBox(int x, int y, int width, int height, base::Absence kind);
  // A bar of a series: filled for this year, hollow for the one before.
  void Bar(int x, int y, int width, int height, bool last_year,
           const std::optional<base::Absence>& absence);
  void Fault(std::string text) { drawing_.faults.push_back(std::move(text)); }

  // Keys and their words, from left to right and in as many lines as they take;
  // returns the y below.
  struct Key {
    std::string words;
    std::optional<Ink> fill;  // none and no absence: hollow, of last year
    std::optional<base::Absence> absence;
  };
  int Legend(const std::vector<Key>& keys, int y);
  // The same of years, where there are two.
  int SeriesLegend(const Chart& chart, int y);

  // Ends the drawing at `height` and adds what is said below: the chart's
  // aside, and its mark. A fault where the space is not that high.
  Drawing Finish(const Chart& chart, int height);

 private:
  ChartSpace space_;
  Drawing drawing_;
};

inline constexpr int kGridWidth = Millimetres(0.18);
// Between a mark and its words.
inline constexpr int kBesideMark = Millimetres(1.2);

// The keys of the years on one line, for whoever has room beside a chart:
// 令和7年度, 令和6年度. Empty where there is one year.
Drawing SeriesKeys(const Chart& chart, int size);

// Where text of `size` stands so that it is in the middle of `y`.
constexpr int MiddleBaseline(int y, int size) { return y + size * 36 / 100; }
// From one line of labels to the next.
constexpr int LineHeight(int size) { return size * 118 / 100; }

// amount * length / whole, rounded half up; 0 of nothing.
int Share(int amount, int length, int whole);

// Returns a step of 1, 2 or 5 times a power of ten that divides an axis up to
// `largest` into at most five parts.
int AxisStep(int largest);

// Returns the label in at most two lines of `width`; a third is a fault.
std::vector<std::string> LabelLines(ChartPen& pen, std::string_view label,
                                    int size, int width);

}  // namespace welfare::report
