// What the two file formats share in reading: the header, the records below it
// one by one, whom a record speaks of, and the faults met on the way.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/importing/csv_text.h"
#include "services/importing/errors.h"
#include "services/importing/limits.h"
#include "services/importing/reject_list.h"
#include "services/importing/table_reader.h"
#include "services/registry/files/parsed_batch.h"
#include "services/text/csv.h"

namespace welfare::registry {

// The column that names a municipality as a resource does.
inline constexpr std::string_view kResourceColumn = "municipality";

// Collects the faults of one record.
class RecordFaults {
 public:
  RecordFaults(const RecordOrigin& origin, importing::RejectList& rejects)
      : origin_(origin), rejects_(rejects) {}

  void Add(std::string_view column, std::string_view value,
           const absl::Status& fault);
  void Add(std::string_view value, const base::Violation& fault);

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
  importing::RejectList& rejects_;
  bool any_ = false;
};

// Reads the cell that names the municipality. Returns a key that is equal for
// the spellings of one code or name; nothing after a fault.
std::optional<std::string> ReadSubject(const importing::TableReader& table,
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
// number of cells to `read`. Whatever was in `batch` stays in it.
template <typename Row, typename ReadRecord>
absl::Status ReadBatch(const importing::CsvText& text,
                       const importing::TableFormat& format,
                       const ReadRecord& read, ParsedBatch<Row>& batch) {
  WELFARE_ASSIGN_OR_RETURN(importing::TableReader table,
                           importing::TableReader::Open(text, "batch", format));
  while (true) {
    absl::StatusOr<std::optional<text::CsvRecord>> next = table.Next();
    if (next.ok() && !next->has_value()) return absl::OkStatus();
    if (++batch.rows > importing::kMostRecords) {
      return importing::FileTooLarge(importing::FileMeasure::kRecords,
                                     importing::kMostRecords);
    }
    const RecordOrigin origin{
        .line = table.line(),
        .record = batch.rows,
        // One byte more than a fault repeats, which so knows that it is cut.
        .raw =
            std::string(table.raw().substr(0, importing::kRawBytesShown + 1))};
    RecordFaults faults(origin, batch.rejects);
    if (!next.ok()) {
      faults.Add("", "", next.status());
      continue;
    }
    if (const auto cells = table.CheckCells(**next, "CELL_COUNT")) {
      faults.Add("", *cells);
      continue;
    }
    read(table, **next, origin, faults, batch.good);
  }
}

}  // namespace welfare::registry
