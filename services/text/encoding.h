// Text encodings of files: UTF-8 and CP932 (windows-31j), detected by rule.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::text {

enum class Encoding {
  kUtf8,
  kUtf8WithBom,
  kUtf16LittleEndian,  // with BOM only
  kUtf16BigEndian,     // with BOM only
  kCp932,
};

// Returns `UTF-8`, `UTF-8 with BOM`, `UTF-16LE`, `UTF-16BE` or `CP932`.
std::string_view ToString(Encoding encoding);

struct DecodedText {
  std::string utf8;  // without byte order mark
  Encoding encoding = Encoding::kUtf8;
};

// Decodes a whole file. Rule: a byte order mark decides; else strict UTF-8;
// else CP932; else refused. Nothing is ever replaced by `?` or U+FFFD.
//
// Errors:
//   INVALID_ARGUMENT, reason ENCODING_UNKNOWN: metadata `utf8_offset` and
//   `cp932_offset`, the first byte (from 0) that is wrong in each; after a byte
//   order mark `offset` alone.
absl::StatusOr<DecodedText> DecodeText(std::string_view bytes);

// Encodes UTF-8 as CP932.
//
// Errors:
//   INVALID_ARGUMENT, reason NOT_UTF8: metadata `offset`.
//   INVALID_ARGUMENT, reason NOT_IN_CP932: a character CP932 does not have;
//   metadata `character` and `offset` (byte in the UTF-8 text, from 0).
absl::StatusOr<std::string> EncodeCp932(std::string_view utf8);

// Returns the offset of the first byte that is not strict UTF-8 (no overlong
// forms, no surrogates, at most U+10FFFF), or npos.
std::size_t FindInvalidUtf8(std::string_view text);
inline bool IsValidUtf8(std::string_view text) {
  return FindInvalidUtf8(text) == std::string_view::npos;
}

}  // namespace welfare::text
