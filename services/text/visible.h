// Text of others inside a message: what cannot be seen is shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace welfare::text {

// Bytes of a text that a message repeats unless its author says otherwise: a
// name is shorter, and no text makes a message that cannot be sent.
inline constexpr std::size_t kVisibleBytes = 200;

// Returns `text` for a reader. What looks like nothing or like something else
// is shown as `<U+200B>`: control characters and line ends, blanks other than
// the ASCII one, that one at an end, zero-width and direction marks, variation
// selectors and combining marks, characters that no font has. A byte that is no
// UTF-8 is `<0xE3>`. A longer text than `most` bytes ends in "...".
//
//   `131016` and U+200B behind it: 131016<U+200B>
std::string ShowInvisible(std::string_view text,
                          std::size_t most = kVisibleBytes);

// Returns one character for a reader: itself, or `<U+0020>` where it has no
// look of its own.
std::string ShowCharacter(char32_t character);

// Returns `text`, or its beginning with "..." where it has more than `most`
// bytes; never cut inside a character.
std::string Shorten(std::string_view text, std::size_t most);

}  // namespace welfare::text
