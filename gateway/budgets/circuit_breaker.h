#pragma once

#include <algorithm>
#include <chrono>

namespace welfare::gateway {

// Whether a service is worth asking. After a number of failures without a
// success between them it is not asked for a while; then one call is let
// through, and what becomes of it decides. Not thread-safe.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    int failures = 20;
    // At first; twice as long after each probe that fails.
    std::chrono::milliseconds pause{500};
    std::chrono::milliseconds longest_pause{10'000};
  };

  explicit CircuitBreaker(Options options)
      : options_(options), pause_(options.pause) {}

  bool closed() const { return failures_ < options_.failures; }

  // Zero: it may be asked, and after a pause this one is the probe. Else how
  // long it is until it may.
  std::chrono::milliseconds Ask(Time now) {
    const auto left = Left(now);
    if (left.count() == 0 && !closed()) {
      probing_ = true;
      // The next probe, should nothing be heard of this one.
      until_ = now + pause_;
    }
    return left;
  }
  // The same without asking.
  std::chrono::milliseconds Left(Time now) const {
    if (closed() || now >= until_) return std::chrono::milliseconds(0);
    return std::max(
        std::chrono::milliseconds(1),
        std::chrono::duration_cast<std::chrono::milliseconds>(until_ - now));
  }

  void Succeeded() {
    failures_ = 0;
    probing_ = false;
    pause_ = options_.pause;
  }
  void Failed(Time now) {
    // Those that were under way when it opened tell nothing new.
    if (!closed() && !probing_) return;
    failures_ = std::min(failures_ + 1, options_.failures);
    if (closed()) return;
    if (probing_) pause_ = std::min(pause_ * 2, options_.longest_pause);
    probing_ = false;
    until_ = now + pause_;
  }

 private:
  const Options options_;
  int failures_ = 0;
  bool probing_ = false;
  std::chrono::milliseconds pause_;
  Time until_{};
};

}  // namespace welfare::gateway
