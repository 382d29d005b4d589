// Records of a batch one by one, with what is wrong with their form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "services/importing/csv_text.h"
#include "services/text/csv.h"

namespace welfare::importing {

// The columns of a file. The lists outlive what reads by them.
struct TableFormat {
  std::span<const std::string_view> required;
  std::span<const std::string_view> optional = {};
  // Spellings of one column: a file has exactly one of them. Empty: there is
  // no such column.
  std::span<const std::string_view> one_of = {};
};

// Reads the records below a header line, with the physical lines of their
// file. Used by one thread, while the text is there.
class TableReader {
 public:
  // Reads the header line of `text`, which is the field `field` of a request.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason CSV_INVALID, with a violation for each fault of
  //   the header line: those of text::CsvReader and text::CsvHeader,
  //   SUBJECT_COLUMN (none or several of `one_of`), CSV_HEADER (none at all).
  static absl::StatusOr<TableReader> Open(const CsvText& text,
                                          std::string_view field,
                                          const TableFormat& format);

  // Returns the next record, or nothing at the end. A record whose form is
  // broken is an error, and reading goes on behind it.
  //
  // Errors: those of text::CsvReader.
  absl::StatusOr<std::optional<text::CsvRecord>> Next();
  // The same into the memory of `record`; false at the end.
  absl::StatusOr<bool> Next(text::CsvRecord& record);

  // Reads the next record where nothing is odd about it, text::CsvReader says
  // what, and it begins with `prefix`, the cells before column `column`. False:
  // something may be, and nothing is read.
  bool NextPlain(std::string_view prefix, std::size_t column);

  // Of the record or error just returned: its number from 1, its physical line,
  // its text.
  int number() const { return number_; }
  std::size_t line() const { return reader_.last_line() + offset_; }
  std::string_view raw() const { return reader_.last_raw(); }

  // Drops blank cells behind the last column from `record`. Returns the fault
  // of one with another number of cells than the header, or with one in a
  // column without name; its cells must not be asked for by column. `reason`:
  // what the service calls it.
  std::optional<base::Violation> CheckCells(
      text::CsvRecord& record, std::string_view reason = "CSV_CELLS") const;

  // Which of `one_of` the file has.
  std::size_t chosen() const { return chosen_; }
  // The columns: those of `one_of` are optional ones before the others.
  const text::CsvHeader& columns() const { return columns_; }

  // Cells of a record without fault.
  std::string_view Required(const text::CsvRecord& record,
                            std::size_t i) const {
    return columns_.required(record, i);
  }
  std::optional<std::string_view> Optional(const text::CsvRecord& record,
                                           std::size_t i) const {
    return columns_.optional(record, choices_ + i);
  }
  std::string_view Chosen(const text::CsvRecord& record) const {
    return columns_.optional(record, chosen_).value_or("");
  }

 private:
  TableReader(text::CsvReader reader, int first_line,
              std::span<const std::int32_t> lines)
      : reader_(reader), first_line_(first_line), lines_(lines) {}

  // Counts a record, and finds its line in its file.
  void Count();

  text::CsvReader reader_;
  text::CsvHeader columns_;
  std::size_t choices_ = 0;  // the number of `one_of`
  std::size_t chosen_ = 0;
  int number_ = 0;
  int first_line_;
  std::span<const std::int32_t> lines_;
  // From lines of the text to those of the file; wraps where the first record
  // stood higher there.
  std::size_t offset_ = 0;
};

}  // namespace welfare::importing
