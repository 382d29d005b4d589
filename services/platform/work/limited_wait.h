#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/time/call_limits.h"
#include "services/platform/errors.h"

namespace welfare::platform {

// Waits on `changed` until `ready` returns true, within `limits`. `what` is
// the waiting in words, for the error.
//
// Errors: DEADLINE_EXCEEDED, CANCELLED: the limits ended the wait.
template <typename Ready>
absl::Status WaitWithin(std::unique_lock<std::mutex>& lock,
                        std::condition_variable& changed,
                        const base::CallLimits& limits, std::string_view what,
                        const Ready& ready) {
  std::stop_callback wake(limits.stop, [&] { changed.notify_all(); });
  while (!ready()) {
    if (limits.cancelled()) return Cancelled(what);
    if (limits.expired()) return DeadlineExceeded(what);
    // Bounded, because a stop between the check and the wait is not seen.
    changed.wait_until(
        lock, std::min(limits.deadline, std::chrono::steady_clock::now() +
                                            std::chrono::milliseconds(50)));
  }
  return absl::OkStatus();
}

}  // namespace welfare::platform
