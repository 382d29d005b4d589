#include "services/report/sheets/quote_drawing.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "services/report/drawing/text_measure.h"
#include "services/report/model/layout.h"
#include "services/report/sheets/sheet_frame.h"

namespace welfare::report {
namespace {

constexpr int kQuoteSize = Points(9.5);
constexpr int kQuoteLeading = Millimetres(5);
constexpr int kCategoryLeading = Millimetres(5);
constexpr int kAuthorLeading = Millimetres(4.4);
constexpr int kQuoteRule = Millimetres(0.8);
constexpr int kQuoteIndent = Millimetres(3.6);
// A narrower column has less than twenty characters in a line.
constexpr int kTwoColumns = Millimetres(150);

// Adds lines of text below `y`; returns the y below them.
int AddLines(Drawing& drawing, std::string_view text, int x, int y, int size,
             int leading, Ink ink, Structure structure) {
  if (text.empty()) return y;
  drawing.shapes.emplace_back(StructureMark{structure});
  for (const std::string& line :
       BreakPhrases(text, size, drawing.width - x, LongPieces::kBreak)) {
    // In the middle of its line.
    drawing.shapes.emplace_back(
        TextShape{x, y + (leading + size * 72 / 100) / 2, size, line, ink});
    y += leading;
  }
  drawing.shapes.emplace_back(StructureMark{});
  return y;
}

// A quotation below the name of its category, or below none.
Drawing DrawQuote(const Quote& quote, std::string_view category, int width) {
  Drawing drawing;
  drawing.width = width;
  const int top = AddLines(drawing, category, 0, 0, kLabelSize,
                           kCategoryLeading, Ink::kNavy,
                           Structure::kMinorHeading);
  drawing.shapes.emplace_back(StructureMark{Structure::kQuote});
  int y = AddLines(drawing, quote.text, kQuoteIndent, top, kQuoteSize,
                   kQuoteLeading, Ink::kText, Structure::kParagraph);
  drawing.shapes.emplace_back(StructureMark{});
  y = AddLines(drawing, quote.respondent, kQuoteIndent, y, kTableSize,
               kAuthorLeading, Ink::kSecondary, Structure::kParagraph);
  drawing.shapes.emplace_back(LineShape{kQuoteRule / 2, top, kQuoteRule / 2, y,
                                        kQuoteRule, Ink::kNavy});
  drawing.height = y;
  return drawing;
}

// Those from `begin` to before `end`, one below the other.
Drawing ColumnOf(const std::vector<QuoteDrawing>& quotes, std::size_t begin,
                 std::size_t end) {
  Drawing column;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) column.height += kBelowQuote;
    const Drawing& one = i == begin ? quotes[i].on_top : quotes[i].quote;
    Place(one, 0, column.height, column);
    column.height += one.height;
  }
  return column;
}

}  // namespace

std::vector<QuoteDrawing> DrawQuotes(const Figure& figure, int width) {
  std::vector<QuoteDrawing> drawn;
  for (const QuotedCategory& category : QuotesOf(figure)) {
    const std::string again =
        category.name.empty() ? "" : category.name + "（続き）";
    bool first = true;
    for (const Quote& quote : category.quotes) {
      drawn.push_back(
          {DrawQuote(quote, first ? category.name : "", width),
           DrawQuote(quote, first ? category.name : again, width)});
      first = false;
    }
  }
  return drawn;
}

Drawing QuotesInColumns(const Figure& figure, int width) {
  Drawing whole;
  whole.width = width;
  const bool two = width >= kTwoColumns;
  const int column = two ? (width - kGutter) / 2 : width;
  const std::vector<QuoteDrawing> quotes = DrawQuotes(figure, column);
  Drawing left = ColumnOf(quotes, 0, quotes.size());
  Drawing right;
  for (std::size_t i = 1; two && i < quotes.size(); ++i) {
    Drawing first = ColumnOf(quotes, 0, i);
    Drawing rest = ColumnOf(quotes, i, quotes.size());
    // Of equal ones the later: who reads begins at the left.
    if (std::max(first.height, rest.height) <=
        std::max(left.height, right.height)) {
      left = std::move(first);
      right = std::move(rest);
    }
  }
  Place(left, 0, 0, whole);
  Place(right, column + kGutter, 0, whole);
  whole.height = std::max(left.height, right.height);
  return whole;
}

}  // namespace welfare::report
