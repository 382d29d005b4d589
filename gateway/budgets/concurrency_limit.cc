#include "gateway/budgets/concurrency_limit.h"

#include <algorithm>

namespace welfare::gateway {
namespace {

// What a method takes at best is forgotten over this time: data grows.
constexpr std::chrono::duration<double> kBestForgotten{600};
constexpr double kSlowerThanBest = 3;
constexpr double kDecrease = 0.8;
constexpr int kIncreasePart = 16;

}  // namespace

void ConcurrencyLimit::Began(int in_flight) {
  peak_ = std::max(peak_, in_flight);
}

std::chrono::duration<double> ConcurrencyLimit::BestOf(
    std::string_view method, std::chrono::duration<double> took, Time now) {
  auto found = methods_.find(method);
  if (found == methods_.end()) {
    found = methods_.emplace(std::string(method), Method{took, now}).first;
  }
  Method& known = found->second;
  const std::chrono::duration<double> best = known.best;
  const std::chrono::duration<double> passed = now - known.at;
  known.at = now;
  if (took < known.best) {
    known.best = took;
  } else {
    known.best += (took - known.best) * std::min(1.0, passed / kBestForgotten);
  }
  return best;
}

void ConcurrencyLimit::Answered(std::string_view method,
                                std::chrono::microseconds took, Time now) {
  ++answered_;
  const auto usual = BestOf(method, took, now) * kSlowerThanBest;
  if (took > options_.target && took > usual) ++slow_;
  if (took <= options_.at_once || took <= usual) ++at_once_;
  if (answered_ < options_.answers || now - began_ < options_.window) return;
  if (slow_ * 2 > answered_) {
    const int used = std::min(limit_, std::max(1, peak_));
    limit_ = std::max(options_.least, static_cast<int>(used * kDecrease));
  } else if (at_once_ * 2 > answered_ && peak_ * 2 >= limit_) {
    // Only as far as it is made use of.
    limit_ =
        std::min(options_.most, limit_ + std::max(1, limit_ / kIncreasePart));
  }
  answered_per_second_ =
      answered_ / std::chrono::duration<double>(now - began_).count();
  began_ = now;
  answered_ = 0;
  slow_ = 0;
  at_once_ = 0;
  peak_ = 0;
}

}  // namespace welfare::gateway
