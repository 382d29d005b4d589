// Years in the labels of a questionnaire.
#pragma once

#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// Fills the years that the labels of `values` may name, `{ref_fy_ja}` and its
// like, in the form 令和7; see FindRawPlaceholder for what is left.
void FillYears(IndicatorValues& values);

}  // namespace welfare::report
