#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "services/base/time/clock.h"

namespace welfare::support {

// A clock that stands still until it is told to move. Any thread may call it.
class FakeClock final : public base::Clock {
 public:
  // Starts on 2025-06-16T00:00:00Z unless told otherwise.
  FakeClock() = default;
  explicit FakeClock(base::Timestamp now) : micros_(now.micros()) {}

  base::Timestamp Now() const override {
    return base::Timestamp::FromMicros(micros_.load());
  }
  void Set(base::Timestamp now) { micros_.store(now.micros()); }
  void Advance(std::chrono::microseconds by) { micros_ += by.count(); }

 private:
  std::atomic<std::int64_t> micros_{std::int64_t{1750032000} * 1000000};
};

}  // namespace welfare::support
