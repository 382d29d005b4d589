#pragma once

#include <chrono>
#include <stop_token>

namespace welfare::base {

// How long one piece of work may take and who may call it off. Copied freely;
// travels from the caller's deadline down to the database statement.
struct CallLimits {
  using TimePoint = std::chrono::steady_clock::time_point;

  // Work that has not finished by then ends with DEADLINE_EXCEEDED. The
  // default is "never"; servers and channels set one for every call.
  TimePoint deadline = TimePoint::max();
  // Asked to stop: work ends with CANCELLED at the next chance.
  std::stop_token stop;

  // Returns limits that end `timeout` from now.
  static CallLimits After(std::chrono::milliseconds timeout) {
    return {.deadline = std::chrono::steady_clock::now() + timeout, .stop = {}};
  }

  bool expired() const {
    return deadline != TimePoint::max() &&
           std::chrono::steady_clock::now() >= deadline;
  }
  bool cancelled() const { return stop.stop_requested(); }
};

}  // namespace welfare::base
