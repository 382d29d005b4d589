// Text encodings of files: UTF-8, UTF-16 and CP932 (windows-31j). Decided for a
// whole file, by rule or by word; a file that two rules fit is refused, because
// nobody would notice that it was misread.
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

// What a caller says about a file.
enum class EncodingChoice {
  kAuto,
  kUtf8,
  kUtf16,  // without a byte order mark: little-endian, as Windows writes it
  kCp932,
};

// Reads `auto`, `utf-8`, `utf-16` or `cp932`; capital letters count as small.
//
// Errors:
//   INVALID_ARGUMENT, reason ENCODING_NAME: another word.
absl::StatusOr<EncodingChoice> ParseEncodingChoice(std::string_view word);

// Decodes a whole file. Nothing is ever replaced by `?` or U+FFFD.
//
// The rule of kAuto: a byte order mark decides; else strict UTF-8; else CP932;
// else refused. Refused too is what both UTF-8 and half-width kana of CP932 can
// be (`C5 BC`) unless it stands in a word of small Latin letters, and what both
// CP932 and EUC-JP can be, where no character tells them apart: say which it
// is. Any other choice binds, and a mark that says otherwise contradicts it.
//
// Errors, INVALID_ARGUMENT, with metadata `line` (from 1) and `offset` (bytes,
// from 0) of the first place in question, which the messages leave to whoever
// names the file; English and Japanese:
//   ENCODING_UNKNOWN: the bytes are no text of the encoding, or of any known
//     one; after kAuto also `utf8_offset` and `cp932_offset`.
//   ENCODING_AMBIGUOUS: two encodings fit; `readings` shows both.
//   FILE_FORMAT: no text but a workbook, an archive or another document (no
//     `line`); metadata `format`.
absl::StatusOr<DecodedText> DecodeText(
    std::string_view bytes, EncodingChoice choice = EncodingChoice::kAuto);

// Returns `utf8` without a byte order mark (U+FEFF) at its beginning: text that
// comes in JSON may still have one, and it says nothing.
std::string_view SkipByteOrderMark(std::string_view utf8);

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
