// Written answers set as quotations on paper.
#pragma once

#include <vector>

#include "services/report/drawing/drawing.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// Below a quotation, before the next one.
inline constexpr int kBelowQuote = Millimetres(3.2);

// One quotation: the text beside a rule, below it whom it is from. The first
// one of a category has its name above; `on_top` has it always, for a column
// that begins in the middle of one.
struct QuoteDrawing {
  Drawing quote;
  Drawing on_top;
};

// Returns the quotations of `figure`, as wide as `width`. None of them is to be
// broken. REQUIRES: `figure` is quoted.
std::vector<QuoteDrawing> DrawQuotes(const Figure& figure, int width);

// Returns them one below the other, in two columns where `width` has room for
// them: the first ones to the left, so that both are about as high.
Drawing QuotesInColumns(const Figure& figure, int width);

}  // namespace welfare::report
