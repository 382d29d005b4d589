// How long computing takes.
#pragma once

#include <chrono>

#include "services/platform/observe/metrics.h"

namespace welfare::indicator {

// Makes welfare_indicator_compute_seconds. Called once.
platform::Histogram& AddComputeSeconds(platform::MetricsRegistry& metrics);

// Observes how long its life took.
class ComputeTimer {
 public:
  explicit ComputeTimer(platform::Histogram& histogram)
      : histogram_(histogram), start_(std::chrono::steady_clock::now()) {}
  ~ComputeTimer() {
    histogram_.Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_)
            .count());
  }
  ComputeTimer(const ComputeTimer&) = delete;
  ComputeTimer& operator=(const ComputeTimer&) = delete;

 private:
  platform::Histogram& histogram_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace welfare::indicator
