// The measures of a sheet and what stands on every one: band, headline, mark,
// title and number.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/report/drawing/drawing.h"
#include "services/report/model/report_model.h"
#include "services/report/sheets/book.h"
#include "services/report/template/sheet_place.h"

namespace welfare::report {

// --- measures, in micrometres ---

inline constexpr int kSheetWidth = Millimetres(297);
inline constexpr int kSheetHeight = Millimetres(210);
inline constexpr int kSheetLeft = Millimetres(18);
inline constexpr int kSheetRight = Millimetres(279);
inline constexpr int kTextWidth = kSheetRight - kSheetLeft;
inline constexpr int kColumnPitch = 22167;  // twelve columns, gutters of 5 mm
inline constexpr int kGutter = Millimetres(5);
inline constexpr int kBodyTop = Millimetres(66.5);
inline constexpr int kFirstRowEnd = Millimetres(122);
inline constexpr int kSecondRow = Millimetres(125);
inline constexpr int kBodyEnd = Millimetres(184);
inline constexpr int kNotesTop = Millimetres(185.6);
inline constexpr int kNotesEnd = Millimetres(196.6);
inline constexpr int kFooterRule = Millimetres(197.4);

inline constexpr int kHeadlineSize = Points(19);
inline constexpr int kLongHeadlineSize = Points(16);
inline constexpr int kPointSize = Points(10.5);
inline constexpr int kPointLeading = Millimetres(5.6);
inline constexpr int kLabelSize = Points(9);
inline constexpr int kTableSize = Points(8.5);
inline constexpr int kNoteSize = Points(8);

constexpr int ColumnLeft(int column) {
  return kSheetLeft + (column - 1) * kColumnPitch;
}
constexpr int ColumnsWidth(int columns) {
  return columns * kColumnPitch - kGutter;
}

// A rectangle of a sheet.
struct SheetArea {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};
constexpr SheetArea AreaOf(SheetPlace place) {
  const SheetSpan span = SpanOf(place);
  const int top = span.first_row == 1 ? kBodyTop : kSecondRow;
  const int end = span.first_row + span.rows == 2 ? kFirstRowEnd : kBodyEnd;
  return {ColumnLeft(span.first_column), top, ColumnsWidth(span.columns),
          end - top};
}

// --- drawing ---

// One sheet while it is filled. What has no room is a fault with the name of
// the block. Used by one thread.
class SheetPen {
 public:
  SheetPen(const ReportModel& model, std::string label);

  // Band, headline, rule, footer. Without a headline the band stands alone.
  void Frame(std::string_view topic, std::string_view headline);

  void Text(int x, int y, int size, std::string_view text, Ink ink = Ink::kText,
            Align align = Align::kStart);
  void Box(int x, int y, int width, int height, Ink fill);
  void Rule(int x, int y, int width, Ink ink, int thickness);
  // Lines of `text` from the baseline `y` on; returns the baseline below the
  // last one.
  int Lines(int x, int y, int width, int size, int leading,
            std::string_view text, Ink ink = Ink::kText);
  // Places `part` and names its faults after `block`.
  void Place(const Drawing& part, int x, int y, std::string_view block);
  // What `draw` draws is this to a reader who does not see it; nothing, where it
  // draws nothing.
  template <typename Draw>
  void As(Structure structure, const Draw& draw, std::string words = {}) {
    const std::size_t before = sheet_.drawing.shapes.size();
    Mark({structure, std::move(words)});
    draw();
    if (sheet_.drawing.shapes.size() == before + 1) {
      sheet_.drawing.shapes.pop_back();
    } else {
      Mark({});
    }
  }
  void Mark(StructureMark mark) {
    sheet_.drawing.shapes.emplace_back(std::move(mark));
  }
  void Target(int x, int y, std::string name);
  void Fault(std::string_view block, std::string_view what);

  Sheet Take() && { return std::move(sheet_); }

 private:
  void Headline(std::string_view headline);

  const ReportModel& model_;
  Sheet sheet_;
};

}  // namespace welfare::report
