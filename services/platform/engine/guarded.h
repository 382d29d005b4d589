#pragma once

#include <exception>
#include <string_view>
#include <type_traits>

#include "absl/status/status.h"
#include "services/platform/errors.h"

namespace welfare::platform {

// Returns what `body` returns, a Status or StatusOr; an exception that leaves
// it becomes INTERNAL, reason UNCAUGHT_EXCEPTION. `where` names the place in
// the error.
template <typename F>
std::invoke_result_t<const F&> Guarded(std::string_view where, const F& body) {
  try {
    return body();
  } catch (const std::exception& exception) {
    return UncaughtException(where, exception.what());
  } catch (...) {
    return UncaughtException(where, "unknown");
  }
}

}  // namespace welfare::platform
