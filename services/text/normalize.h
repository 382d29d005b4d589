// Normalisation of Japanese text. Nothing here changes what is stored without
// the caller asking; NFKC is not offered, because it changes published text.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::text {

// Returns `utf8` in Unicode normalisation form C.
//
// Errors:
//   INVALID_ARGUMENT, reason NOT_UTF8: metadata `offset`.
absl::StatusOr<std::string> ToNfc(std::string_view utf8);

// Returns `utf8` with the full-width digits U+FF10 to U+FF19 as ASCII digits.
std::string DigitsToAscii(std::string_view utf8);

// Returns `utf8` without white space (ASCII, U+3000, U+00A0, U+FEFF) at both
// ends.
std::string_view Trim(std::string_view utf8);

// Returns a key under which the spellings of one place name are equal: NFC,
// trimmed, variation selectors dropped, and the declared variants folded (ヶ
// and half-width ｹ to ケ, 桧 to 檜). Keys are for looking up and never for
// print: 青ヶ島村 and 青ケ島村 have one key, the registry's own form is
// printed.
//
// Errors:
//   INVALID_ARGUMENT, reason NOT_UTF8: metadata `offset`.
absl::StatusOr<std::string> NameKey(std::string_view utf8);

}  // namespace welfare::text
