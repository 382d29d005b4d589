#pragma once

#include <chrono>
#include <functional>

namespace welfare::support {

// Looks at `condition` every few milliseconds until it holds or `limit` has
// passed. Returns whether it held. The one place where tests wait.
bool WaitFor(const std::function<bool()>& condition,
             std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace welfare::support
