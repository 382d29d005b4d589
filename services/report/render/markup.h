// Text inside HTML and SVG.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::report {

// Escapes `& < > " '` and replaces control characters and invalid UTF-8 by
// U+FFFD, so that any text is safe in an element and in a quoted attribute.
std::string EscapeMarkup(std::string_view text);

// Breaks `text` into lines of at most `columns` columns (a wide character
// takes two), between characters, as Japanese is set. At least one line.
// A closing bracket or punctuation does not begin a line.
std::vector<std::string> WrapText(std::string_view text, std::size_t columns);

// Returns the columns `text` takes: two for wide characters.
std::size_t TextColumns(std::string_view text);

}  // namespace welfare::report
