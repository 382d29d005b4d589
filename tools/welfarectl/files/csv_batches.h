// Cuts a CSV file into batches at record boundaries. Judges no value: all
// validation is the service's.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/text/encoding.h"

namespace welfare::ctl {

// A file, decoded to UTF-8 by the rule of text::DecodeText or as its caller
// said.
struct CsvFile {
  std::string name;  // as given; `-` is standard input
  std::string text;
  std::vector<std::string> header;  // names as they are compared
  text::Encoding encoding = text::Encoding::kUtf8;

  bool Has(std::string_view column) const;
};

// A column whose cells say which records belong together. Its spellings count
// as one: spaces around it, full-width letters and digits, capital letters.
struct KeyColumn {
  std::string name;
  // Only so many characters tell records apart, so that one with another check
  // digit stays where it stands; 0: all.
  std::size_t significant = 0;
  // `2025` and `令和7` are one year.
  bool is_year = false;
};

// Records that travel together.
struct CsvBatch {
  std::string csv;     // header line and records
  int first_line = 0;  // physical line of the first record
  int records = 0;
  std::string source_file;
  std::vector<std::string> keys;  // folded, in order of appearance
};

// Reads a file; `-` reads standard input.
//
// Errors, with the file and, where there is one, the line in the message:
//   NOT_FOUND, reason FILE_UNREADABLE: no such file, or not readable.
//   INVALID_ARGUMENT, ENCODING_UNKNOWN, ENCODING_AMBIGUOUS, FILE_FORMAT: as
//     text::DecodeText.
//   INVALID_ARGUMENT, reason CSV_EMPTY: no header line.
//   INVALID_ARGUMENT, reason CSV_SEPARATOR: tabs or semicolons between cells.
//   INVALID_ARGUMENT: the reasons of text::CsvReader, of the header line.
absl::StatusOr<CsvFile> ReadCsvFile(
    const std::string& path,
    text::EncodingChoice encoding = text::EncodingChoice::kAuto);

// Renames a column in the header line, where there is one of that name; the
// records and their lines stay.
//
// Errors: those of reading the header line.
absl::Status RenameColumn(CsvFile& file, const std::string& from,
                          const std::string& to);

// Cuts `file` into batches of about `max_records` records and about 2 MiB (the
// message limit is 4 MiB). Records with an equal key stay in one batch, and
// with them what stands between them; an empty list cuts anywhere. A record
// that cannot be read, or whose key no other record has, may be a misspelt part
// of what stands before or behind it, and goes with both while there is room.
// A file without records is one batch of its header line: a wrong one is for
// the service to refuse.
//
// `section`: records of one section do not share a batch with another's, where
// the above allows it; null: all are in one.
//
// Errors:
//   INVALID_ARGUMENT, reason ROWS_NOT_TOGETHER: a key comes back so far behind
//   that the records between do not fit a message; the service would take its
//   second part for a replacement.
absl::StatusOr<std::vector<CsvBatch>> CutIntoBatches(
    const CsvFile& file, const std::vector<KeyColumn>& key_columns,
    int max_records,
    const std::function<int(const std::string& key)>& section = nullptr);

// A record's key and where it stands.
struct KeyedRecord {
  std::string key;   // folded; empty where the file lacks a key column
  std::string text;  // as written, for messages
  std::size_t line = 0;
};

// The keys of every record.
//
// Errors, with the file and the line in the message:
//   those of reading a record.
absl::StatusOr<std::vector<KeyedRecord>> ReadKeys(
    const CsvFile& file, const std::vector<KeyColumn>& key_columns);

// Returns the records of `file` whose key is wanted, in file order; the lines
// of others are left blank, so that physical lines stay right. No record: an
// empty `csv`. A record that cannot be read is left out; see ReadKeys.
CsvBatch SelectRecords(
    const CsvFile& file, const std::vector<KeyColumn>& key_columns,
    const std::function<bool(const std::string& key)>& wanted);

}  // namespace welfare::ctl
