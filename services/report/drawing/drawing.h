// What a picture consists of: texts, boxes, lines and dots, placed. Every
// format draws the same ones.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/report/drawing/palette.h"

namespace welfare::report {

// Every length is a whole number of micrometres, so that no format and no
// machine rounds otherwise. x runs to the right, y down.
constexpr int Millimetres(double value) {
  return static_cast<int>(value * 1000 + 0.5);
}
// A point is 1/72 inch. Half points are exact enough: 10.5 is 3704.
constexpr int Points(double value) {
  return static_cast<int>(value * 25400 / 72 + 0.5);
}

enum class Align { kStart, kMiddle, kEnd };

// One line of text.
struct TextShape {
  int x = 0;
  int y = 0;  // of the baseline
  int size = 0;
  std::string text;
  Ink ink = Ink::kText;
  Align align = Align::kStart;
};

struct BoxShape {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  std::optional<Ink> fill;
  std::optional<Ink> stroke;  // inside the box
  int stroke_width = 0;
};

struct LineShape {
  int x1 = 0;
  int y1 = 0;
  int x2 = 0;
  int y2 = 0;
  int width = 0;
  Ink ink = Ink::kText;
  bool dashed = false;
};

struct DotShape {
  int x = 0;
  int y = 0;
  int radius = 0;
  Ink fill = Ink::kText;
};

// A closed outline.
struct AreaShape {
  struct Corner {
    int x = 0;
    int y = 0;
  };
  std::vector<Corner> corners;
  Ink fill = Ink::kText;
  std::optional<Ink> stroke;
  int stroke_width = 0;
};

// What shapes are to a reader who does not see them.
enum class Structure {
  kHeading,     // of a sheet
  kSubheading,  // of a block of it
  kMinorHeading,  // within a block
  kQuote,         // what somebody wrote; holds paragraphs
  kParagraph,
  kList,
  kListItem,
  kFigure,  // words: all that it shows
  kTable,
  kRow,
  kHeaderCell,
  kCell,
  kLink,  // words: the name of its target
};

// Draws nothing: says what the shapes are that follow, up to the mark that ends
// it. Marks are nested. What stands in none is for eyes alone.
struct StructureMark {
  std::optional<Structure> begins;  // none: ends what was begun last
  std::string words = {};
};

using Shape = std::variant<BoxShape, LineShape, DotShape, AreaShape, TextShape,
                           StructureMark>;

// A picture of a size. `faults` says what has no room in it, one sentence
// each: whoever places it must refuse it then, nothing is cut off.
struct Drawing {
  int width = 0;
  int height = 0;
  std::vector<Shape> shapes;  // from the back to the front
  std::vector<std::string> faults;
};

// Adds the shapes and faults of `part` to `whole`, moved by x and y.
void Place(const Drawing& part, int x, int y, Drawing& whole);

}  // namespace welfare::report
