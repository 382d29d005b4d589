// Strict UTF-8, without a Unicode library.
#pragma once

#include <cstddef>
#include <string_view>

namespace welfare::base {

// Returns the offset of the first byte that is not strict UTF-8 (no overlong
// forms, no surrogates, at most U+10FFFF), or npos.
std::size_t FindInvalidUtf8(std::string_view text);

// Returns the number of code points of `text`. REQUIRES: valid UTF-8.
std::size_t CountCodePoints(std::string_view text);

}  // namespace welfare::base
