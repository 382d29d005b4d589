#include "gateway/budgets/caller_rates.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace welfare::gateway {

CallerRates::CallerRates(Options options, std::function<Time()> now)
    : options_(options), now_(std::move(now)) {}

std::optional<std::chrono::milliseconds> CallerRates::Refuse(
    std::string_view caller) {
  if (options_.calls_per_second <= 0) return std::nullopt;
  const double burst =
      std::max(1.0, options_.calls_per_second * options_.burst_seconds);
  const std::lock_guard lock(mutex_);
  const Time now = now_();
  auto found = callers_.find(caller);
  if (found == callers_.end()) {
    if (callers_.size() >= options_.callers) Forget(now);
    found = callers_
                .emplace(std::string(caller),
                         LeakyBucket(burst, options_.calls_per_second))
                .first;
  }
  LeakyBucket& bucket = found->second;
  const auto wait = bucket.TimeTo(burst - 1, now);
  if (wait.count() > 0) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::ceil(wait.count() * 1000)));
  }
  bucket.Pour(1, now);
  return std::nullopt;
}

std::size_t CallerRates::known() const {
  const std::lock_guard lock(mutex_);
  return callers_.size();
}

void CallerRates::Forget(Time now) {
  std::erase_if(callers_, [now](const auto& entry) {
    return entry.second.Level(now) == 0;
  });
  if (callers_.size() < options_.callers) return;
  callers_.erase(std::min_element(
      callers_.begin(), callers_.end(), [now](const auto& a, const auto& b) {
        return a.second.Level(now) < b.second.Level(now);
      }));
}

}  // namespace welfare::gateway
