// The signature of a file that was published, or sent to be confirmed, as a text:
// what it is, by whom and when, in lines that a person reads, and below them an
// Ed25519 signature of these very lines. Of a published report:
//
//   welfare report signature 1
//   report: reports/jusou-2025-0002
//   title: 重層的支援体制整備事業 実施状況調査　令和7年度
//   edition: FINAL
//   level: PUBLIC
//   published: 2026-03-20T01:00:00Z
//   snapshot: 4be1... (64 digits)
//   format: pdf
//   file: report.pdf
//   size: 345678
//   sha256: 9c1f... (64 digits)
//   key: 0f3a5b7c9d1e2f40
//   signature: base64 of 64 bytes
//
// Of a feedback sheet, which is published to nobody:
//
//   welfare feedback signature 1
//   sheet: reports/jusou-2025-0002/feedbackSheets/131016-municipality
//   title: 回答確認票　千代田区
//   edition: PROVISIONAL
//   made: 2026-03-01T01:00:00Z
//   number: 5f70... (64 digits, as they are printed on the sheet)
//   format: pdf
//   (and on as above)
//
// What is signed are all lines before the last, each with its line feed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/base/time/clock.h"

namespace welfare::base {

// A longer text is none.
inline constexpr std::size_t kMostSignatureBytes = 4096;

// What is said of a file.
struct SignedFile {
  enum class Kind { kReport, kSheet };

  Kind kind = Kind::kReport;
  std::string name;  // of the report or of the sheet
  std::string title;
  std::string edition;     // `FINAL`; of a sheet, of its report
  std::string level = {};  // `PUBLIC`; of a report alone
  Timestamp time;          // when it was published or made
  std::string content;     // id of the snapshot, or number of the sheet
  std::string format;    // `pdf`
  std::string filename;
  std::int64_t size = 0;  // bytes
  std::string digest;     // SHA-256 of the bytes, 64 hexadecimal digits
  std::string key;        // id

  friend bool operator==(const SignedFile&, const SignedFile&) = default;
};

struct FileSignature {
  SignedFile file;
  std::string lines;  // what is signed
  std::string bytes;  // the signature of it
};

// Returns the lines to be signed. Control characters become spaces, so that no
// title begins a line of its own.
std::string LinesToSign(const SignedFile& file);

// Returns the whole text.
std::string SignatureText(std::string_view lines, std::string_view bytes);

// Returns what SignatureText wrote, and nothing else: another order, a line
// more, a space at an end are faults. `fault` is the number of the first line
// that is none, from 1; untouched where there is none.
std::optional<FileSignature> ReadSignatureText(std::string_view text,
                                               int& fault);

// Returns the format that bytes are of by how they begin, as reports name it:
// `html`, `pdf`, `xlsx`, `csv` (an archive that is no workbook) or `json`;
// empty: none of them.
std::string_view FormatOfBytes(std::string_view bytes);

}  // namespace welfare::base
