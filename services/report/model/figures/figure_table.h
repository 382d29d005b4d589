// The table of an indicator.
#pragma once

#include "services/report/model/figures/two_years.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// Returns the table of an indicator, last year beside this year. Its columns
// follow from the measure (see IsValueMeasure) and from whether there is a
// previous year, never from what the cells hold: counts of respondents as
// `count, percent` (with `base` where cells have bases of their own), values
// as `value, count`, each again with `previous_` before it. A cell that a year
// does not have, and a value that nobody gave, is the symbol NOT_APPLICABLE.
Table FigureTable(const TwoYears& years);

}  // namespace welfare::report
