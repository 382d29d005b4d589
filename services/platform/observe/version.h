#pragma once

#include <string_view>

namespace welfare::platform {

// "0.1.0", and the commit it was built from ("unknown" outside a repository).
// Defined in one generated source, so that a commit recompiles nothing else.
std::string_view BuildVersion();
std::string_view BuildCommit();

}  // namespace welfare::platform
