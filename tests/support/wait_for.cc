#include "tests/support/wait_for.h"

#include <thread>

namespace welfare::support {

bool WaitFor(const std::function<bool()>& condition,
             std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace welfare::support
