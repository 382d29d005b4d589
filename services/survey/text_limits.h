// How long a text that somebody sends may be. Everything has a length: what
// has none makes a reply that nobody can send.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "services/base/error.h"
#include "services/text/field_rules.h"

namespace welfare::survey {

// Characters (code points).
inline constexpr std::size_t kLongestText = 10'000;      // a free text
inline constexpr std::size_t kLongestOtherText = 1'000;  // of an option "other"
inline constexpr std::size_t kLongestDepartment = 200;
inline constexpr std::size_t kLongestContact = 500;
inline constexpr std::size_t kLongestReason = 2'000;  // of a change

// Bytes of all texts of one submission: a list shows whole submissions, and a
// message holds 4 MiB.
inline constexpr std::size_t kMostTextBytes = std::size_t{1} << 20;

// Returns the number of characters of `text`, or nothing when it is no free
// text by text/field_rules.h: no UTF-8, or a control character other than tab
// and line ends, or an override of writing direction.
std::optional<std::size_t> CountCharacters(std::string_view text);

// Returns `text`, or its beginning with "..." where it has more than `most`
// bytes; never cut inside a character. For messages that repeat a text.
std::string Shorten(std::string_view text, std::size_t most);

// Returns what is wrong with a text by its rule (text/field_rules.h), as a
// violation of `field`: TEXT_TOO_LONG, TEXT_INVALID, or nothing.
std::optional<base::Violation> CheckField(std::string_view field,
                                          std::string_view text,
                                          const text::FieldRule& rule);

// The same for a free text of at most `longest` characters.
std::optional<base::Violation> CheckLength(std::string_view field,
                                           std::string_view text,
                                           std::size_t longest);

// True when `text` holds nothing but white space and invisible characters.
bool IsBlank(std::string_view text);

}  // namespace welfare::survey
