// What the texts of the registry may hold: names, readings, areas, bands,
// notes; the same in a message and in a file. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::registry {

// Longest text in bytes, 3 of which make a Japanese character: the longest name
// of a municipality's council has a fifth of that, and a note or reason is a
// paragraph.
inline constexpr std::size_t kMaxNameBytes = 200;
inline constexpr std::size_t kMaxNoteBytes = 2000;

// Returns what is stored of a text: by the rule of names in text/field_rules.h.
// Blank text is empty.
//
// Errors:
//   INVALID_ARGUMENT, reason TEXT_INVALID: spaces at an end, control or
//     invisible characters, not UTF-8.
//   INVALID_ARGUMENT, reason TEXT_TOO_LONG: more than `max_bytes`.
absl::StatusOr<std::string> KeepText(std::string_view text,
                                     std::size_t max_bytes);

// Returns what is stored of a reading, by the rule of readings. Blank is empty.
//
// Errors: as KeepText, and
//   INVALID_ARGUMENT, reason KANA_INVALID: not full-width katakana alone.
absl::StatusOr<std::string> KeepKana(std::string_view text);

// Returns a name by which somebody refers to a municipality or council, for
// ResolveName: spaces at its ends and what cannot be seen make no other name.
//
// Errors:
//   INVALID_ARGUMENT, reason VALUE_MISSING: blank.
//   INVALID_ARGUMENT, reasons TEXT_INVALID and TEXT_TOO_LONG as KeepText.
absl::StatusOr<std::string> ReadName(std::string_view text);

// Returns a population band, a resource id; blank is empty.
//
// Errors:
//   INVALID_ARGUMENT, reason BAND_INVALID.
absl::StatusOr<std::string> ReadPopulationBand(std::string_view text);

}  // namespace welfare::registry
