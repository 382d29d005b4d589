#pragma once

#include <chrono>
#include <functional>

namespace welfare::support {

// How long a test waits for what must come. Long, since a disk on which others
// write may hold a commit up for half a minute; what comes costs none of it.
inline constexpr std::chrono::seconds kPatience{90};

// Looks at `condition` every few milliseconds until it holds or `limit` has
// passed. Returns whether it held. The one place where tests wait.
bool WaitFor(const std::function<bool()>& condition,
             std::chrono::milliseconds limit = kPatience);

}  // namespace welfare::support
