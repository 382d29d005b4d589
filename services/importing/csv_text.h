// One text of a batch, before it is read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace welfare::importing {

// The header line, then whole records. Whoever keeps the text keeps it alive
// as long as anything that was read from it.
struct CsvText {
  std::string_view csv;
  // Physical line of the first record in its file; 0: lines are those of the
  // text.
  int first_line = 0;
  std::string_view source_file = {};
  // The physical line of each record; empty: `first_line` says it.
  std::span<const std::int32_t> lines = {};
};

// OK where a text that is field `field` of a request stands in one of its two
// forms, and is UTF-8, which strings are.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_INVALID, with a violation of
//   `<field>.csv_bytes` (CSV_TWICE, CSV_NOT_UTF8).
absl::Status CheckCsvBytes(std::string_view field, std::string_view csv,
                           std::string_view csv_bytes);

// Returns `text`, which is the field `field` of a request, where its lines and
// its name can be.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_INVALID, with a violation of
//   `<field>.first_line` (LINE_NEGATIVE), `<field>.lines` (the same) or
//   `<field>.source_file` (TEXT_TOO_LONG, TEXT_INVALID).
absl::StatusOr<CsvText> CheckCsvText(std::string_view field, CsvText text);

}  // namespace welfare::importing
