#pragma once

#include <cstddef>
#include <string>

namespace welfare::platform {

// `count` bytes that nobody can guess.
std::string RandomBytes(std::size_t count);

}  // namespace welfare::platform
