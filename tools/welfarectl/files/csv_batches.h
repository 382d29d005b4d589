// Cuts a CSV file into batches at record boundaries. Looks at no value: all
// validation is the service's.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace welfare::ctl {

// A file, decoded to UTF-8 by rule (byte order mark, strict UTF-8, CP932).
struct CsvFile {
  std::string name;  // as given; `-` is standard input
  std::string text;
  std::vector<std::string> header;
};

// Records that travel together.
struct CsvBatch {
  std::string csv;     // header line and records
  int first_line = 0;  // physical line of the first record
  int records = 0;
  std::string source_file;
  std::vector<std::vector<std::string>> keys;  // in order of appearance
};

// Reads a file; `-` reads standard input.
//
// Errors:
//   NOT_FOUND, reason FILE_UNREADABLE: no such file, or not readable.
//   INVALID_ARGUMENT, reason ENCODING_UNKNOWN: neither UTF-8 nor CP932.
//   INVALID_ARGUMENT, reason CSV_EMPTY: no header line.
absl::StatusOr<CsvFile> ReadCsvFile(const std::string& path);

// Renames a column in the header line, where there is one of that name; the
// records and their lines stay.
//
// Errors: those of reading the header line.
absl::Status RenameColumn(CsvFile& file, const std::string& from,
                          const std::string& to);

// Cuts `file` into batches of at most `max_records` records and about 2 MiB
// (the message limit is 4 MiB). Records with an equal key, the cells of
// `key_columns`, stay in one batch; an empty list cuts anywhere. A malformed
// record is passed on as it is, for the service to refuse by line.
//
// Errors:
//   INVALID_ARGUMENT, reason ROWS_NOT_TOGETHER: a key comes back after other
//   keys; the service would take its second part for a replacement.
absl::StatusOr<std::vector<CsvBatch>> CutIntoBatches(
    const CsvFile& file, const std::vector<std::string>& key_columns,
    int max_records);

// Returns the records of `file` whose cells of `key_columns` are among `keys`,
// in file order; the lines of other records are left blank, so that physical
// lines stay right. No record: an empty `csv`.
absl::StatusOr<CsvBatch> SelectRecords(
    const CsvFile& file, const std::vector<std::string>& key_columns,
    const std::vector<std::vector<std::string>>& keys);

}  // namespace welfare::ctl
