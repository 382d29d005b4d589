// The two CSV formats: reading their records, and saying what each would
// change. Reading needs no registry; planning needs one state of it. Neither
// writes anything.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/fiscal_year.h"
#include "services/base/municipality_code.h"
#include "services/registry/history.h"
#include "services/registry/municipality.h"
#include "services/registry/status.h"

namespace welfare::registry {

// One fault of one refused record.
struct Reject {
  std::size_t line = 0;    // physical line in the file
  int record = 0;          // number within the batch, from 1
  std::string column;      // empty where the whole record is at fault
  std::string value;       // the value at fault
  std::string reason;      // UPPER_SNAKE
  std::string message;     // what to do
  std::string raw_record;  // as it stood in the file

  friend bool operator==(const Reject&, const Reject&) = default;
};

// Five disjoint outcomes: rows = created + updated + unchanged + deleted +
// rejected.
struct ImportCounts {
  int rows = 0;
  int created = 0;
  int updated = 0;
  int unchanged = 0;
  int deleted = 0;
  int rejected = 0;

  friend bool operator==(const ImportCounts&, const ImportCounts&) = default;
};

// Which records a file has already held, by key and line, so that a file that
// comes in several batches cannot say one thing twice. Used by one thread.
class SeenRecords {
 public:
  // Returns the line where `key` was seen before, or notes `line` for it.
  std::optional<std::size_t> FindOrAdd(const std::string& key,
                                       std::size_t line);

 private:
  std::map<std::string, std::size_t> lines_;
};

// Where a record stood.
struct RecordOrigin {
  std::size_t line = 0;
  int record = 0;
  std::string raw;
};

struct MunicipalityRow {
  RecordOrigin origin;
  MunicipalityFacts facts;
  // Whether the file says if the council's name was checked.
  bool checked_stated = false;
};

struct StatusRow {
  RecordOrigin origin;
  std::string program;
  base::MunicipalityCode municipality;
  base::FiscalYear fiscal_year;
  StatusFacts facts;
  std::string note;
};

// A batch as read: records without fault, and the faults of the others.
template <typename Row>
struct ParsedBatch {
  int rows = 0;
  std::vector<Row> good;
  std::vector<Reject> rejects;
};

// Reads a batch: the header line, then whole records; `first_line` is the
// physical line of the first record. Every fault of a record is listed. A
// record whose key was seen before is refused.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_INVALID: no header line, or a wrong one.
absl::StatusOr<ParsedBatch<MunicipalityRow>> ParseMunicipalities(
    std::string_view csv, std::size_t first_line, SeenRecords& seen);
absl::StatusOr<ParsedBatch<StatusRow>> ParseStatusRecords(
    std::string_view csv, std::size_t first_line, SeenRecords& seen);

// What a batch does to the registry: the good records change it, the others
// are named in the rejects, which are in file order.
struct ImportPlan {
  ImportCounts counts;
  std::vector<Reject> rejects;
  Changes changes;
};

ImportPlan PlanMunicipalities(const History& current,
                              const ParsedBatch<MunicipalityRow>& batch);

// With a `correction_reason`, records may replace or contradict what is on
// record, and the reason is kept with those that do; without one (empty) such
// records are refused.
ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             std::string_view correction_reason);

// Longest name, note or reason, in bytes.
inline constexpr std::size_t kMaxNameBytes = 200;
inline constexpr std::size_t kMaxNoteBytes = 2000;

// Returns OK when `text` may be stored; empty text may.
//
// Errors:
//   INVALID_ARGUMENT, reason TEXT_INVALID: spaces at an end, control
//     characters, or longer than `max_bytes`.
absl::Status CheckText(std::string_view text, std::size_t max_bytes);

}  // namespace welfare::registry
