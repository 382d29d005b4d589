#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/budgets/leaky_bucket.h"

namespace welfare::gateway {

// How many calls each caller may make: a rate, and a burst that one may save
// up. Any thread.
class CallerRates {
 public:
  using Time = LeakyBucket::Time;

  struct Options {
    double calls_per_second = 0;  // 0: as many as they like
    // Seconds of the rate that may come at once.
    double burst_seconds = 10;
    // Callers with calls that count. Bounded, since who may make up names may
    // make up many; beyond it the one with least on his account is forgotten.
    std::size_t callers = 16'384;
  };

  explicit CallerRates(
      Options options,
      std::function<Time()> now = std::chrono::steady_clock::now);

  // Counts a call of `caller`. Returns how long it is until he may make another
  // one where he has had his part, and then it does not count.
  std::optional<std::chrono::milliseconds> Refuse(std::string_view caller);

  std::size_t known() const;

 private:
  void Forget(Time now);

  const Options options_;
  const std::function<Time()> now_;
  mutable std::mutex mutex_;
  std::map<std::string, LeakyBucket, std::less<>> callers_;
};

}  // namespace welfare::gateway
