#pragma once

#include <algorithm>
#include <atomic>

namespace welfare::gateway {

// Whether a call that failed may be made again. As gRPC's retry throttling:
// each failure costs a token, each success gives a tenth back, and with half of
// them gone nothing is repeated. So a service that is in trouble gets no more
// than a few calls more than callers send.
//
// Any thread.
class RepeatBudget {
 public:
  void Succeeded() {
    int now = tenths_.load(std::memory_order_relaxed);
    while (now < kMost && !tenths_.compare_exchange_weak(
                              now, now + 1, std::memory_order_relaxed)) {
    }
  }
  // Counts a failure; whether its call may be repeated.
  bool Failed() {
    int now = tenths_.load(std::memory_order_relaxed);
    while (!tenths_.compare_exchange_weak(now, std::max(0, now - kFailure),
                                          std::memory_order_relaxed)) {
    }
    return now - kFailure > kMost / 2;
  }

 private:
  static constexpr int kMost = 400;    // 40 tokens
  static constexpr int kFailure = 10;  // one
  std::atomic<int> tenths_{kMost};
};

}  // namespace welfare::gateway
