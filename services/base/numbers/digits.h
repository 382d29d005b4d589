// ASCII and full-width digits in UTF-8 text, without a Unicode library.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace welfare::base {

// Returns whether `c` is one of 0 to 9, independent of any locale.
constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

// Returns the value 0 to 9 of the full-width digit (U+FF10 to U+FF19, three
// bytes) at the start of `text`, or nothing.
std::optional<int> FullWidthDigitAt(std::string_view text);

// Returns `text` with every full-width digit replaced by its ASCII digit. All
// other bytes stay as they are.
std::string FoldFullWidthDigits(std::string_view text);

// Returns whether `text` holds at least one full-width digit.
bool HasFullWidthDigit(std::string_view text);

}  // namespace welfare::base
