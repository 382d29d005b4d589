// The measures there are.
#pragma once

#include "services/indicator/definition/definition.h"
#include "services/indicator/measures/measure_method.h"

namespace welfare::indicator {

const MeasureMethod& CountMethod();
const MeasureMethod& DistributionMethod();
const MeasureMethod& SumMethod();
const MeasureMethod& RankMethod();
const MeasureMethod& HistogramMethod();
const MeasureMethod& RegistrySeriesMethod();
const MeasureMethod& ProgressMethod();

// Returns how `measure` is computed.
const MeasureMethod& MethodOf(Measure measure);

}  // namespace welfare::indicator
