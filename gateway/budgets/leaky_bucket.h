#pragma once

#include <algorithm>
#include <chrono>

namespace welfare::gateway {

// Fills by what is poured in and empties steadily: how much of something there
// was lately. `now` never goes back. Not thread-safe.
class LeakyBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Holds at most `size`; what is poured in beyond that is lost.
  LeakyBucket(double size, double leak_per_second)
      : size_(size), leak_per_second_(leak_per_second) {}

  void Pour(double amount, Time now) {
    level_ = std::min(size_, Level(now) + amount);
    at_ = std::max(at_, now);
  }

  double Level(Time now) const {
    if (now <= at_) return level_;
    const std::chrono::duration<double> passed = now - at_;
    return std::max(0.0, level_ - passed.count() * leak_per_second_);
  }

  // How long until it holds no more than `level`; zero where it does.
  std::chrono::duration<double> TimeTo(double level, Time now) const {
    const double above = Level(now) - level;
    return std::chrono::duration<double>(
        above <= 0 ? 0.0 : above / leak_per_second_);
  }

 private:
  double size_;
  double leak_per_second_;
  double level_ = 0;
  Time at_{};
};

}  // namespace welfare::gateway
