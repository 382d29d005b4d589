#include "services/platform/engine/postgres_watch.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace welfare::platform {
namespace {

constexpr std::chrono::milliseconds kFirstListenPause{50};
constexpr std::chrono::milliseconds kLongestListenPause{5000};

}  // namespace

void PostgresWatch::Follow(const std::stop_token& stop) {
  std::chrono::milliseconds pause = kFirstListenPause;
  while (!stop.stop_requested()) {
    if (Listen(stop)) pause = kFirstListenPause;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any sleep;
    sleep.wait_for(lock, stop, pause, [] { return false; });
    pause = std::min(2 * pause, kLongestListenPause);
  }
}

bool PostgresWatch::Listen(const std::stop_token& stop) {
  const base::CallLimits limits{.deadline = base::CallLimits::TimePoint::max(),
                                .stop = stop};
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection =
      PostgresConnection::Connect(target_, limits);
  if (!connection.ok()) return false;
  base::CallLimits soon = base::CallLimits::After(kServerLimit);
  soon.stop = stop;
  if (!(*connection)
           ->Run("listen", "LISTEN \"" + target_.channel() + "\"", soon)
           .ok()) {
    return false;
  }
  do {
    changed_();
  } while ((*connection)->WaitForNotification(limits).ok());
  return true;
}

}  // namespace welfare::platform
