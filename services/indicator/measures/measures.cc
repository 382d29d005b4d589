#include "services/indicator/measures/measures.h"

namespace welfare::indicator {

const MeasureMethod& MethodOf(Measure measure) {
  switch (measure) {
    case Measure::kCount:
      return CountMethod();
    case Measure::kDistribution:
      return DistributionMethod();
    case Measure::kSum:
      return SumMethod();
    case Measure::kRank:
      return RankMethod();
    case Measure::kHistogram:
      return HistogramMethod();
    case Measure::kRegistrySeries:
      return RegistrySeriesMethod();
    case Measure::kProgress:
      break;
  }
  return ProgressMethod();
}

}  // namespace welfare::indicator
