// The two CSV formats: reading their records, and saying what each would
// change. Reading needs no registry; planning needs one state of it. Neither
// writes anything.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/fiscal_year.h"
#include "services/base/municipality_code.h"
#include "services/registry/files/reject_list.h"
#include "services/registry/history/history.h"
#include "services/registry/municipality/municipality.h"
#include "services/registry/program/program.h"
#include "services/registry/program/status.h"

namespace welfare::registry {

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

// Whom a record speaks of, as its file names it: by code or by name.
struct RecordSubject {
  std::string column;  // of the file
  std::string text;    // the cell
  // Nothing: `text` is a name.
  std::optional<base::MunicipalityCode> code = std::nullopt;
};

struct MunicipalityRow {
  RecordOrigin origin;
  RecordSubject subject;
  // True: the record takes the municipality back; the rest is unset.
  bool deletes = false;
  // All of them but code and exists; an empty council name asks for the usual
  // one. Without `council_name_checked` where the file does not say, without
  // `population_band` where it does not say or the cell is empty.
  MunicipalityStatement says;
  // First fiscal year for which the facts hold; nothing: the file does not say.
  std::optional<base::FiscalYear> valid_from = std::nullopt;
};

struct StatusRow {
  RecordOrigin origin;
  std::string program;
  RecordSubject subject;
  base::FiscalYear fiscal_year;
  bool retracts = false;  // the record takes one back; the rest is unset
  StatusFacts facts;
  std::string note;
};

// Records as read: those without fault, and the faults of the others.
template <typename Row>
struct ParsedBatch {
  int rows = 0;
  std::vector<Row> good;
  RejectList rejects;

  // Adds the records of the next batch of the same file.
  void Append(ParsedBatch next);

  // The position of this file behind which its rejects are listed, as one of
  // the next batch.
  RejectList::Position RejectsAfterIn(const RejectList::Position& after) const {
    if (after.first <= rows) return {};
    return {after.first - rows,
            std::max<std::int64_t>(0, after.second - rejects.total())};
  }
};

// Most records of one file. A nation's municipalities over a century have
// 180,000 status records; what a file has said is remembered until its end.
inline constexpr int kMostRecords = 200'000;

// Reads a batch: the header line, then whole records, if any; `first_line` is
// the physical line of the first record. Every fault of a record is noted, and
// those after `rejects_after` are listed. A record whose key was seen before is
// refused.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_INVALID: no header line, or a wrong one.
//   INVALID_ARGUMENT, reason FILE_TOO_LARGE: more than kMostRecords records.
absl::StatusOr<ParsedBatch<MunicipalityRow>> ParseMunicipalities(
    std::string_view csv, std::size_t first_line, SeenRecords& seen,
    const RejectList::Position& rejects_after = {});
absl::StatusOr<ParsedBatch<StatusRow>> ParseStatusRecords(
    std::string_view csv, std::size_t first_line, const ProgramCatalog& catalog,
    SeenRecords& seen, const RejectList::Position& rejects_after = {});

// Records by what they speak of, as resolved, each with its line: a file may
// name one municipality by several codes and names.
using RecordKeys = std::map<std::string, std::size_t>;

// What records do to the registry: the good ones change it, the faults of the
// others are the rejects, in file order.
struct ImportPlan {
  ImportCounts counts;
  // Records without fault among the rejected: their file is taken as a whole.
  int rejected_as_whole = 0;
  std::vector<Reject> rejects;  // one page of them
  std::int64_t rejects_total = 0;
  // The last one of the page, where others follow.
  std::optional<RejectList::Position> rejects_go_on = std::nullopt;
  Changes changes;
  // Of these records; those of later batches of the file must not be among
  // them.
  RecordKeys keys;
};

// How records are taken.
struct ImportOptions {
  // Why they are imported. Status records may replace, contradict or take back
  // what is on record only with one, which is kept with those that do;
  // municipalities are taken back only with one.
  std::string reason = {};
  // All or nothing: where one record is refused, so are the others, and nothing
  // changes.
  bool whole = false;
  // Of the batches of the file before; outlives the call.
  const RecordKeys* keys_before = nullptr;
};

ImportPlan PlanMunicipalities(const History& current,
                              const ParsedBatch<MunicipalityRow>& batch,
                              const ImportOptions& options);
ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             const ImportOptions& options);

// Longest text in bytes, 3 of which make a Japanese character: the longest name
// of a municipality's council has a fifth of that, and a note or reason is a
// paragraph. A file name is as long as systems let it be.
inline constexpr std::size_t kMaxNameBytes = 200;
inline constexpr std::size_t kMaxNoteBytes = 2000;
inline constexpr std::size_t kMaxFileNameBytes = 255;

// Returns OK when `text` may be stored; empty text may.
//
// Errors:
//   INVALID_ARGUMENT, reason TEXT_INVALID: spaces at an end, control
//     characters, not UTF-8, or longer than `max_bytes`.
absl::Status CheckText(std::string_view text, std::size_t max_bytes);

// Returns OK when `text` is a reading: full-width katakana.
//
// Errors:
//   INVALID_ARGUMENT, reason KANA_INVALID.
absl::Status CheckKana(std::string_view text);

// Returns OK when `id` is a population band: a resource id, or empty.
//
// Errors:
//   INVALID_ARGUMENT, reason BAND_INVALID.
absl::Status CheckPopulationBand(std::string_view id);

template <typename Row>
void ParsedBatch<Row>::Append(ParsedBatch next) {
  for (Row& row : next.good) {
    row.origin.record += rows;
    good.push_back(std::move(row));
  }
  rejects.Append(std::move(next.rejects), rows);
  rows += next.rows;
}

}  // namespace welfare::registry
