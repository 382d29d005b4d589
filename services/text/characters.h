// The characters of UTF-8 text, and which of them a reader cannot see. What is
// blank and what is invisible is said here once, for every column and field.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace welfare::text {

// Returns the character at `at` and moves `at` behind it; nothing, and `at`
// one byte further, where no UTF-8 character stands.
// REQUIRES: at < utf8.size().
std::optional<char32_t> NextCharacter(std::string_view utf8, std::size_t& at);

// Appends `character` in UTF-8. REQUIRES: a Unicode scalar value.
void AppendCharacter(char32_t character, std::string& out);

// Unicode's White_Space: blanks of every width, tabs, line ends.
bool IsWhiteSpace(char32_t character);

// A character that ends a line: LF, VT, FF, CR, U+0085, U+2028, U+2029.
bool IsLineEnd(char32_t character);

// A control character, line ends and tabs among them.
bool IsControl(char32_t character);

// A mark or override of writing direction. Text behind an override is not read
// as it is stored.
bool IsDirectionMark(char32_t character);

// A variation selector, which says which glyph of the character before it is
// meant (葛 and U+E0100).
bool IsVariationSelector(char32_t character);

// A mark that belongs to the character before it: a combining mark, a variation
// selector, a joiner. Nothing comes between the two.
bool ContinuesCluster(char32_t character);

// Unicode's Default_Ignorable_Code_Point (zero-width blanks and joiners,
// U+FEFF, soft hyphens, fillers, direction marks, variation selectors), and the
// empty braille pattern.
bool IsInvisible(char32_t character);

// Returns the number of characters of `utf8` where each of them is a letter,
// digit or sign of ASCII, a kana or a kanji of everyday use, none of which any
// rule of a text asks more about: not white space, not invisible, in one width,
// composed. Nothing where another may be among them, or none is there.
std::optional<std::size_t> CountPlain(std::string_view utf8);

// Whether `utf8` is empty or white space and invisible characters alone: then
// nobody wrote anything, in any column or field.
bool IsBlank(std::string_view utf8);

// Returns `utf8` without white space and U+FEFF at both ends.
std::string_view Trim(std::string_view utf8);

}  // namespace welfare::text
