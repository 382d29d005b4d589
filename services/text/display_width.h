// Widths of text on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace welfare::text {

// Returns the number of terminal columns of `utf8`: two for wide and
// full-width characters, none for combining marks, controls and variation
// selectors, one for others. East Asian ambiguous characters (①, ※) are two
// when `ambiguous_wide`, as in Japanese terminals. Invalid bytes count one.
std::size_t DisplayWidth(std::string_view utf8, bool ambiguous_wide = true);

// Returns `utf8` followed by spaces up to `width` columns; wider text is
// returned as it is.
std::string PadRight(std::string_view utf8, std::size_t width);

// Returns `utf8` preceded by spaces up to `width` columns.
std::string PadLeft(std::string_view utf8, std::size_t width);

}  // namespace welfare::text
