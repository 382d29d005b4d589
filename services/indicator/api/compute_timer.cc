#include "services/indicator/api/compute_timer.h"

namespace welfare::indicator {

platform::Histogram& AddComputeSeconds(platform::MetricsRegistry& metrics) {
  return metrics.AddHistogram(
      "welfare_indicator_compute_seconds",
      "Time to compute the indicators of one reply, without peers.",
      {0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3,
       1});
}

}  // namespace welfare::indicator
