// What the texts of the registry may hold: names, readings, bands, notes. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace welfare::registry {

// Longest text in bytes, 3 of which make a Japanese character: the longest name
// of a municipality's council has a fifth of that, and a note or reason is a
// paragraph.
inline constexpr std::size_t kMaxNameBytes = 200;
inline constexpr std::size_t kMaxNoteBytes = 2000;

// Returns OK when `text` may be stored; empty text may. The rule of names in
// text/field_rules.h; what is stored is text::ComposeKana of it.
//
// Errors:
//   INVALID_ARGUMENT, reason TEXT_INVALID: blank, spaces at an end, control or
//     invisible characters, not UTF-8, or longer than `max_bytes`.
absl::Status CheckText(std::string_view text, std::size_t max_bytes);

// Returns OK when `text` is a reading: full-width katakana.
//
// Errors:
//   INVALID_ARGUMENT, reason KANA_INVALID.
absl::Status CheckKana(std::string_view text);

// Returns OK when `id` is a population band: a resource id, or empty.
//
// Errors:
//   INVALID_ARGUMENT, reason BAND_INVALID.
absl::Status CheckPopulationBand(std::string_view id);

}  // namespace welfare::registry
