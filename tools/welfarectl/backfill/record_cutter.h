// A file of any size as batches of whole records: CSV, or a JSON object on each
// line, whose members are the columns. Answers stand one to a record, or wide:
// those of a respondent in one record, `item`, `item:other_text` and
// `item:absence` for columns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/text/csv.h"
#include "tools/welfarectl/backfill/record_sorter.h"
#include "tools/welfarectl/backfill/text_source.h"

namespace welfare::ctl {

// What a file holds, which its columns tell.
// In the order of their needs.
enum class FileKind { kMunicipalities, kStatuses, kRounds, kAnswers };

// `municipalities`, `statuses`, `rounds`, `answers`.
std::string_view ToString(FileKind kind);

// A record that is no record: it is told here, and not sent.
struct BrokenRecord {
  std::int64_t line = 0;
  std::string reason;
  std::string message;
  std::string raw;
};

// Records that are sent together.
struct RecordBatch {
  // Number of the batch in its file, from 0.
  std::int64_t number = 0;
  std::string csv;  // header line and records
  struct Record {
    std::int64_t line = 0;  // physical
    std::size_t begin = 0;  // in `csv`
    std::size_t size = 0;
  };
  std::vector<Record> records;
  std::vector<BrokenRecord> broken;
  // Of a wide file, by line: the records as they stand there, each of which is
  // several here.
  std::map<std::int64_t, std::string> wide = {};
  // `surveys/jusou/rounds/2025` of answers; empty: no record tells it.
  std::string round;
  // Of its last record, behind it.
  std::int64_t bytes_read = 0;
  bool last = false;  // of its file

  std::string_view raw(const Record& record) const {
    return std::string_view(csv).substr(record.begin, record.size);
  }
  // As it stands in the file.
  std::string_view original(const Record& record) const {
    const auto found = wide.find(record.line);
    return found == wide.end() ? raw(record) : std::string_view(found->second);
  }
  // Whether each record begins where the one before it ended.
  bool stands_together() const;
};

// Cuts a file into batches. Of answers, a batch is of one round, and all of a
// respondent's records stand in it. A record that cannot be read is broken;
// what else may be wrong with one is the service's to say. Memory: a piece of
// the file and a batch, and eight bytes for each respondent. Used by one
// thread.
class RecordCutter {
 public:
  static constexpr std::size_t kWantedBytes = std::size_t{2} << 20;
  static constexpr std::size_t kMostBytes = std::size_t{11} << 18;

  // Reads the header line of `source`, which outlives the cutter; `code_digits`
  // 5: the column of codes has no check digits, and is renamed to say so. Of
  // JSON the first object names the columns, and every record has them all.
  //
  // Errors: those of TextSource::Read and of reading a header line (CSV_EMPTY,
  //   CSV_SEPARATOR, those of text::CsvReader and of ReadJsonRecord);
  //   BACKFILL_KIND.
  static absl::StatusOr<RecordCutter> Open(TextSource& source, int max_records,
                                           int code_digits);

  // Reads all of a file of answers and puts its records in order, so that those
  // of a round and of a respondent stand together. Broken ones come first.
  //
  // Errors: those of TextSource::Read and of RecordSorter.
  absl::Status Sort();

  FileKind kind() const { return kind_; }
  // As it is sent, with a line end.
  const std::string& header_line() const { return header_line_; }
  // As it stands in the file; of JSON, as CSV.
  const std::string& original_header() const { return original_header_; }

  // The next batch; nothing at the end. A file without records is one batch.
  //
  // Errors: those of TextSource::Read;
  //   INVALID_ARGUMENT, RESPONDENT_APART: the records of a round or a
  //   respondent do not stand together (see Sort), or a respondent's are too
  //   many for a batch.
  absl::StatusOr<std::optional<RecordBatch>> Next();

 private:
  // Without a respondent: it cannot be read, or has none.
  struct Row : KeyedRow {
    std::optional<BrokenRecord> broken = {};
  };

  explicit RecordCutter(TextSource& source) : source_(&source) {}

  // The next record, with its key, into the memory of the one before; false at
  // the end. The first in the order of the file.
  absl::StatusOr<bool> ReadRow(Row& row);
  // The same of a line with the key of the record before, about which nothing
  // is odd; false: it may be none, and nothing is read.
  bool ReadRowAgain(Row& row);
  absl::StatusOr<bool> NextRow(Row& row);
  // The same of JSON, whose records are sent as CSV.
  absl::StatusOr<bool> ReadJsonRow(Row& row);
  // Leaves the names of the columns in names_.
  absl::Status ReadJsonHeader();
  absl::Status ReadCsvHeader();
  // Reads more text behind what is not read yet.
  absl::Status Fill();
  // Whether the record that was read last has a cell for each column; blank
  // ones behind them are dropped.
  bool HasAllCells();
  void FindKey(const text::CsvRecord& record, Row& row);
  // Learns the columns of a wide file.
  void ReadWideColumns();
  // Adds a record to a batch; one of a wide file as the rows that it says.
  void Append(const Row& row, RecordBatch& batch);

  TextSource* source_;
  int max_records_ = 0;
  FileKind kind_ = FileKind::kAnswers;
  std::string header_line_;
  std::string original_header_;
  std::vector<std::string> names_;  // of the columns, as they are compared
  bool json_ = false;
  std::vector<std::string> members_;  // of the objects, as they stand there
  std::vector<std::optional<std::size_t>> key_columns_;
  // Of a wide file: where each item stands, and what is said beside it.
  struct WideItem {
    std::string item;
    std::optional<std::size_t> value = {};
    std::optional<std::size_t> other_text = {};
    std::optional<std::size_t> absence = {};
  };
  bool wide_ = false;
  std::vector<WideItem> wide_items_;

  // The last key that was read, which those of most records are again.
  std::array<std::string, 4> key_cells_;
  std::string key_round_;  // empty: none
  std::string key_respondent_;
  // How the text of a record begins that has it; empty: it is told by its
  // cells.
  std::string key_prefix_;

  std::string text_;
  std::size_t at_ = 0;     // read up to here
  std::int64_t line_ = 1;  // there
  std::int64_t read_ = 0;  // bytes before text_
  bool ended_ = false;     // no more text follows
  bool valid_ = true;      // all of text_ is UTF-8

  text::CsvRecord record_;  // that was read last
  Row row_;                 // the same
  bool pending_ = false;    // row_ is the first of the next batch
  std::int64_t next_number_ = 0;
  bool done_ = false;
  // Respondents and rounds of batches before.
  std::unordered_set<std::uint64_t> seen_;
  std::unordered_set<std::string> rounds_;
  std::string last_round_;
  std::shared_ptr<RecordSorter> sorter_;  // null: the file is as it is
  std::deque<BrokenRecord> broken_;       // of a sorted file
};

}  // namespace welfare::ctl
