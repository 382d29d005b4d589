// CSV as in RFC 4180, with LF or CRLF line ends.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace welfare::text {

// One record.
struct CsvRecord {
  std::size_t line = 0;  // physical line of its first character, from 1
  std::string_view raw;  // its text without the line end; into the input
  std::vector<std::string> cells;  // unquoted; at least one
  // The physical line on which each cell begins: of a quoted one, the line
  // where its quote was opened.
  std::vector<std::size_t> cell_lines = {};
};

// Reads records from UTF-8 text that the caller keeps alive. Not thread-safe.
// Blank lines are skipped, and so are records of blank cells alone (`,,,`):
// spreadsheets write them, and they say nothing. A quote inside an unquoted
// cell is an error, and so are characters after a closing quote: RFC 4180 has
// neither, and guessing moves cells. The number of cells is the caller's to
// check.
class CsvReader {
 public:
  // `first_line` is the physical line of the first character, from 1.
  explicit CsvReader(std::string_view text, std::size_t first_line = 1)
      : text_(text), line_(first_line) {}

  // Returns the next record, or nothing at the end.
  //
  // Errors, INVALID_ARGUMENT with metadata `line`, English and Japanese;
  // reading goes on with the next physical line after the bad one (after
  // CSV_UNTERMINATED_QUOTE: the line after the one in which the quote was
  // opened):
  //   CSV_UNTERMINATED_QUOTE: a quoted cell without end.
  //   CSV_STRAY_QUOTE: a quote inside an unquoted cell, or text after one.
  //   CSV_NUL: a NUL character.
  //   CSV_STRAY_CR: a carriage return without line feed outside quotes.
  absl::StatusOr<std::optional<CsvRecord>> Next();
  // The same into the memory that `record` has from others; false at the end.
  absl::StatusOr<bool> Next(CsvRecord& record);

  // Reads the next line where it is a record that begins with `prefix`, which
  // is not blank, and has `commas` commas behind it, and no quote or character
  // that is wrong; false: it may be none, and nothing is read.
  bool NextPlain(std::string_view prefix, std::size_t commas);

  // The part of the input that belongs to the record or error just returned,
  // without its line end.
  std::string_view last_raw() const { return last_raw_; }
  // The physical line of the same.
  std::size_t last_line() const { return last_line_; }

 private:
  // Reads one record, blank or not.
  absl::StatusOr<bool> ReadRecord(CsvRecord& record);
  // The same of a line that has no quote and no character that is wrong;
  // false: it may have one, and nothing is read.
  bool ReadPlainLine(CsvRecord& record);

  bool AtCrLf() const {
    return at_ + 1 < text_.size() && text_[at_] == '\r' &&
           text_[at_ + 1] == '\n';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_;
  std::string_view last_raw_;
  std::size_t last_line_ = 0;
};

// Reads the whole text or fails at the first error; for small files such as
// codebooks.
absl::StatusOr<std::vector<CsvRecord>> ReadCsv(std::string_view text);

// Returns the first cell of `record` in which some line after the first is a
// record by itself, by the word of `is_record`; nullopt where there is none. A
// quote that is opened in one record and closed in another is good CSV, and
// makes text of everything between: the file says nothing about it, only the
// look of the lines does.
std::optional<std::size_t> FindSwallowedRecord(
    const CsvRecord& record,
    const std::function<bool(std::string_view line)>& is_record);

// Returns the cells of one line of text, cut at its commas; quotes at their
// ends are left out. For telling what a line looks like, not for reading it.
std::vector<std::string_view> SplitLine(std::string_view line);

// Splits a record that CsvReader has read before, `raw` of it, into its cells.
// Those that are not as they stand there (of doubled quotes) are kept in
// `unquoted`.
void SplitRecord(std::string_view raw, std::vector<std::string_view>& cells,
                 std::deque<std::string>& unquoted);

// Drops blank cells from the end of `record` while it has more than `least`.
// A spreadsheet fills all rows up to the widest with commas, and some only.
void DropBlankTail(CsvRecord& record, std::size_t least = 0);

// Returns the name of a column as it is compared: without white space at the
// ends, full-width letters folded.
std::string ColumnName(std::string_view cell);

// Whether two names of columns differ in capital letters alone, or not at all.
bool SameColumnName(std::string_view one, std::string_view other);

// Returns the fault of a header line whose cells are separated by tabs or
// semicolons, or OK. What would be said about its columns is said once.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_SEPARATOR: metadata `line`.
absl::Status CheckSeparator(const CsvRecord& header);

// Where each wanted column stands in a file.
class CsvHeader {
 public:
  // Looks up columns by name (ColumnName) in `header`. `optional` columns may
  // be absent; when `allow_unknown`, other columns are ignored. Blank cells are
  // no columns.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason CSV_HEADER: with a violation for each missing
  //   (COLUMN_MISSING), repeated (COLUMN_REPEATED) and unknown column
  //   (COLUMN_UNKNOWN; where its capital letters alone are wrong, it is not
  //   missing as well), or one of CSV_SEPARATOR alone.
  static absl::StatusOr<CsvHeader> Make(
      const CsvRecord& header, std::span<const std::string_view> required,
      std::span<const std::string_view> optional = {},
      bool allow_unknown = false);

  // The number of columns in the file, up to the last that has a name; a record
  // with another number is wrong, see Fit.
  std::size_t size() const { return size_; }
  // Drops blank cells behind the last column from `record`. Returns whether it
  // has as many cells as the file has columns.
  bool Fit(CsvRecord& record) const;
  // Returns the first cell of `record` that stands in a column without name and
  // is not blank. REQUIRES: as above.
  std::optional<std::size_t> FindUnnamed(const CsvRecord& record) const;
  // Whether a column before the last one has no name.
  bool has_unnamed() const { return !unnamed_.empty(); }
  // Where the column `required[i]` stands in a record.
  std::size_t index(std::size_t i) const { return required_[i]; }
  // The same of `optional[i]`; nothing when the file lacks the column.
  std::optional<std::size_t> optional_index(std::size_t i) const {
    return optional_[i];
  }

  // Returns the cell of `required[i]` in `record`.
  // REQUIRES: record.cells.size() == size().
  std::string_view required(const CsvRecord& record, std::size_t i) const {
    return record.cells[required_[i]];
  }
  // Returns the cell of `optional[i]`, or nothing when the file lacks the
  // column. REQUIRES: as above.
  std::optional<std::string_view> optional(const CsvRecord& record,
                                           std::size_t i) const;

 private:
  std::size_t size_ = 0;
  std::vector<std::size_t> unnamed_;  // columns between others
  std::vector<std::size_t> required_;
  std::vector<std::optional<std::size_t>> optional_;
};

struct CsvWriteOptions {
  // RFC 4180 says CRLF; spreadsheets and Unix tools read both.
  std::string_view line_end = "\r\n";
  // Puts a `'` before cells that a spreadsheet would run as a formula (= + - @
  // in either width, also behind blanks, and a tab or a line end first), and
  // one more where such a cell has a `'` before it already; not before a plain
  // number or a dash alone. For files meant for spreadsheets; WithoutGuard gives
  // the text back.
  bool neutralize_formulas = false;
};

// Returns the text of a cell that was written with `neutralize_formulas`.
std::string_view WithoutGuard(std::string_view cell);

// Appends one record to `out`. Quotes a cell that holds a comma, a quote, a
// line end, or a space at either end; a record of one empty cell is written
// `""`, because a blank line is none.
void AppendCsvRecord(std::string& out, std::span<const std::string> cells,
                     const CsvWriteOptions& options = {});
void AppendCsvRecord(std::string& out, std::span<const std::string_view> cells,
                     const CsvWriteOptions& options = {});

}  // namespace welfare::text
