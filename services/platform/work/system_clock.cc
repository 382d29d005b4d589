#include "services/platform/work/system_clock.h"

#include <chrono>

namespace welfare::platform {

base::Timestamp SystemClock::Now() const {
  return base::Timestamp::FromMicros(
      std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::system_clock::now().time_since_epoch())
          .count());
}

}  // namespace welfare::platform
