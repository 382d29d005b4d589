// Notes that follow from the numbers of a figure.
#pragma once

#include <string>
#include <vector>

#include "services/report/model/figures/two_years.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// Returns the notes of a figure. A note speaks of this year; what holds for
// last year alone is said of last year alone.
std::vector<std::string> FigureNotes(const TwoYears& years,
                                     const Figure& figure,
                                     bool published_chart_lost);

// Returns what the notes of its sheet take from the figure.
SheetFacts FigureSheetFacts(const TwoYears& years);

}  // namespace welfare::report
