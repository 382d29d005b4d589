// Spellings of one text. What is stored is what was sent, but for kana whose
// voicing mark stands apart; everything else here makes forms for comparing and
// reading. Neither NFC nor NFKC is offered: the one rewrites characters of the
// compatibility block that stand in names (U+FA19 神, U+FA10 塚), the other
// changes published text (①, ～).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/text/characters.h"  // Trim, which goes with them

namespace welfare::text {

// Returns `utf8` with each kana and the combining voicing mark behind it
// (U+3099, U+309A) as one character, where there is one: か and U+3099 are が.
// All else stays, bytes that are no UTF-8 too.
std::string ComposeKana(std::string_view utf8);
// Whether there is no such mark, so that all stays.
bool IsComposed(std::string_view utf8);

// Returns `utf8` with full-width ASCII (U+FF01 to U+FF5E, U+3000) as ASCII and
// half-width kana as full-width kana, voicing marks composed: `２０２５ｶﾞ` is
// `2025ガ`. Folding twice is folding once.
std::string FoldWidth(std::string_view utf8);

// Returns `utf8` with the full-width digits U+FF10 to U+FF19 as ASCII digits.
std::string DigitsToAscii(std::string_view utf8);

// Returns a key under which the spellings of one name are equal: Unicode's
// NFKC_Casefold (widths of letters and kana, capital letters, canonical
// variants; invisible characters and variation selectors dropped), trimmed, and
// the declared variants folded (ヶ to ケ, 桧 to 檜). Keys are for looking up
// and never for print: 青ヶ島村 and 青ケ島村 have one key, the registry's own
// form is printed.
//
// Errors:
//   INVALID_ARGUMENT, reason NOT_UTF8: metadata `offset`.
absl::StatusOr<std::string> NameKey(std::string_view utf8);

}  // namespace welfare::text
