#pragma once

#include <exception>
#include <string_view>

#include "absl/status/status.h"
#include "services/platform/errors.h"

namespace welfare::platform {

// Returns what `body` returns; an exception that leaves it becomes INTERNAL,
// reason UNCAUGHT_EXCEPTION. `where` names the place in the error.
template <typename F>
absl::Status Guarded(std::string_view where, const F& body) {
  try {
    return body();
  } catch (const std::exception& exception) {
    return UncaughtException(where, exception.what());
  } catch (...) {
    return UncaughtException(where, "unknown");
  }
}

}  // namespace welfare::platform
