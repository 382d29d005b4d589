// What the two file formats share in reading: the header, the records below it
// one by one, whom a record speaks of, and the faults met on the way.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/files/parsed_batch.h"
#include "services/registry/files/reject_list.h"
#include "services/text/csv.h"
#include "services/text/encoding.h"
#include "services/text/visible.h"

namespace welfare::registry {

// The column that names a municipality as a resource does.
inline constexpr std::string_view kResourceColumn = "municipality";

// Collects the faults of one record.
class RecordFaults {
 public:
  RecordFaults(const RecordOrigin& origin, RejectList& rejects)
      : origin_(origin), rejects_(rejects) {}

  void Add(std::string_view column, std::string_view value,
           const absl::Status& fault);

  // Returns the value, or nothing after noting its fault.
  template <typename T>
  std::optional<T> Take(std::string_view column, std::string_view value,
                        absl::StatusOr<T> parsed) {
    if (!parsed.ok()) {
      Add(column, value, parsed.status());
      return std::nullopt;
    }
    return *std::move(parsed);
  }

  // Returns what is kept of a text; nothing after noting its fault.
  std::string TakeText(std::string_view column, std::string_view value,
                       std::size_t max_bytes);
  // The same of one that may not be blank; `kept` is by its own rule.
  std::string TakeRequired(std::string_view column, std::string_view value,
                           absl::StatusOr<std::string> kept);

  bool any() const { return any_; }

 private:
  const RecordOrigin& origin_;
  RejectList& rejects_;
  bool any_ = false;
};

// The columns of one format.
struct FileFormat {
  std::span<const std::string_view> required;
  std::span<const std::string_view> subjects;
  std::span<const std::string_view> optional;
};

// The header of a file, and how it names municipalities.
struct FileHeader {
  // Errors:
  //   INVALID_ARGUMENT, reason CSV_INVALID: columns of the format are missing,
  //     others are there, or none or several name municipalities.
  static absl::StatusOr<FileHeader> Read(const text::CsvRecord& record,
                                         const FileFormat& format);

  text::CsvHeader columns;
  std::size_t subject = 0;   // index into FileFormat::subjects
  std::size_t subjects = 0;  // their number

  std::string_view required(const text::CsvRecord& record,
                            std::size_t i) const {
    return columns.required(record, i);
  }
  std::string_view subject_cell(const text::CsvRecord& record) const {
    return columns.optional(record, subject).value_or("");
  }
  std::optional<std::string_view> optional(const text::CsvRecord& record,
                                           std::size_t i) const {
    return columns.optional(record, subjects + i);
  }
};

// Reads the cell that names the municipality. Returns a key that is equal for
// the spellings of one code or name; nothing after a fault.
std::optional<std::string> ReadSubject(const FileHeader& header,
                                       const text::CsvRecord& record,
                                       std::string_view column,
                                       RecordFaults& faults,
                                       RecordSubject& subject);

// Reads the optional cell `operation`: true for the other word than `set`.
bool ReadOperation(std::optional<std::string_view> cell, std::string_view word,
                   RecordFaults& faults);

// Notes a fault when the file held `key` before.
void CheckDuplicate(const std::string& key, const RecordOrigin& origin,
                    std::string_view column, std::string_view value,
                    SeenRecords& seen, RecordFaults& faults);

// Reads the header and then each record, and hands records with the right
// number of cells to `read`.
template <typename Row, typename ReadRecord>
absl::StatusOr<ParsedBatch<Row>> ReadBatch(std::string_view csv,
                                           std::size_t first_line,
                                           const RejectList::Position& after,
                                           const FileFormat& format,
                                           ReadRecord read) {
  text::CsvReader reader(text::SkipByteOrderMark(csv));
  absl::StatusOr<std::optional<text::CsvRecord>> first = reader.Next();
  if (!first.ok()) return CsvInvalid(first.status());
  // An empty batch has an empty header: every column is missing.
  const text::CsvRecord header_record =
      first->has_value()
          ? **first
          : text::CsvRecord{.raw = {}, .cells = {""}, .cell_lines = {1}};
  WELFARE_ASSIGN_OR_RETURN(const FileHeader header,
                           FileHeader::Read(header_record, format));
  ParsedBatch<Row> batch{.rows = 0, .good = {}, .rejects = RejectList(after)};
  std::size_t line_of_first = 0;
  while (true) {
    absl::StatusOr<std::optional<text::CsvRecord>> next = reader.Next();
    if (next.ok() && !next->has_value()) break;
    if (++batch.rows > kMostRecords) {
      return FileTooLarge("records", kMostRecords);
    }
    if (batch.rows == 1) line_of_first = reader.last_line();
    const RecordOrigin origin{
        .line = first_line + (reader.last_line() - line_of_first),
        .record = batch.rows,
        .raw = text::Shorten(reader.last_raw(), kRawBytesShown)};
    RecordFaults faults(origin, batch.rejects);
    if (!next.ok()) {
      faults.Add("", "", next.status());
      continue;
    }
    text::CsvRecord& record = **next;
    if (!header.columns.Fit(record) || header.columns.FindUnnamed(record)) {
      faults.Add("", "", CellCount(record.cells.size(), header.columns.size()));
      continue;
    }
    read(header, record, origin, faults, batch.good);
  }
  return batch;
}

}  // namespace welfare::registry
