// Text inside HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace welfare::report {

// Escapes `& < > " '` and replaces control characters and invalid UTF-8 by
// U+FFFD, so that any text is safe in an element and in a quoted attribute.
std::string EscapeMarkup(std::string_view text);

}  // namespace welfare::report
