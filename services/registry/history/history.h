// The whole history of the registry in memory: what was true and what was
// known, at every registry version.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/clock.h"
#include "services/base/time/fiscal_year.h"
#include "services/registry/municipality/lineage.h"
#include "services/registry/municipality/municipality.h"
#include "services/registry/program/status.h"
#include "services/registry/program/status_rules.h"

namespace welfare::registry {

// Everything one registry version changed, in one transaction.
//
// Invariants: at least one change; no (municipality, valid_from) and no
// (programme, municipality, year) twice; `municipalities` in order of resource
// id and valid_from, `statuses` in order of programme, municipality, year.
struct Commit {
  std::int64_t version = 0;  // 1, 2, 3, ... without gaps
  // Later than that of the version before, so that a moment names a version.
  base::Timestamp recorded_time;
  std::string actor;   // who made it
  std::string action;  // by which method: `RecordStatus`
  std::vector<MunicipalityRecordPtr> municipalities;
  std::vector<StatusPtr> statuses;
  std::vector<LineageEventPtr> lineage_events;

  // Number of records.
  std::size_t size() const {
    return municipalities.size() + statuses.size() + lineage_events.size();
  }
};
using CommitPtr = std::shared_ptr<const Commit>;

// Changes somebody wants to make; a Commit once they are stored. Their records
// have version 0.
struct Changes {
  std::vector<MunicipalityRecord> municipalities = {};
  std::vector<StatusRecord> statuses = {};
  std::vector<LineageEvent> lineage_events = {};

  std::size_t size() const {
    return municipalities.size() + statuses.size() + lineage_events.size();
  }
  bool empty() const { return size() == 0; }
};

// Brings the changes of `commit` into the order of its invariant.
void SortChanges(Commit& commit);

class RegistryView;

// An immutable value: every commit up to a version, with the indexes that
// answer reads at any version. Copies share almost everything. Any thread may
// read it.
//
// Invariants: commit i has version i + 1; recorded times rise.
class History {
 public:
  // `incarnation`: whose versions these are (platform/storage/incarnation.h);
  // it stays with everything that follows.
  explicit History(std::string incarnation = {});

  const std::string& incarnation() const { return incarnation_; }

  // The last version; 0 before the first change.
  std::int64_t version() const {
    return static_cast<std::int64_t>(commits_.size());
  }
  // When the last version was recorded; the epoch before the first change.
  base::Timestamp recorded_time() const;

  // Returns the version that was the last one at `moment`; 0 before the first.
  std::int64_t VersionKnownAt(base::Timestamp moment) const;

  // REQUIRES: 1 <= version <= version().
  const Commit& commit(std::int64_t version) const;

  // The commits after `version`, in order.
  // REQUIRES: 0 <= version <= version().
  std::span<const CommitPtr> CommitsAfter(std::int64_t version) const;

  // What the registry said at `version`. The view borrows the history.
  // REQUIRES: 0 <= version <= version().
  RegistryView At(std::int64_t version) const;
  RegistryView AtHead() const;

  // The surrogate id of the next new municipality.
  std::int64_t next_municipality_id() const;
  // The number of the next lineage event.
  std::int64_t next_lineage_number() const;

  // Returns this history followed by `commits`. Costs time in proportion to
  // the new changes and the years and programmes they touch, plus one pointer
  // for each version.
  //
  // Errors:
  //   INTERNAL, reason HISTORY_GAP: a commit does not follow the one before in
  //     version or time.
  absl::StatusOr<std::shared_ptr<const History>> With(
      std::span<const CommitPtr> commits) const;

 private:
  friend class RegistryView;

  struct CodeHolder {
    base::MunicipalityCode first_code;
    std::int64_t version;  // since when the code is known as its
  };
  struct MunicipalityTable {
    // Resource id to every record, in order of valid_from and version.
    std::map<base::MunicipalityCode, std::vector<MunicipalityRecordPtr>>
        records;
    // Resource id to what was known after each version that touched it.
    std::map<base::MunicipalityCode, std::vector<MunicipalityPtr>> states;
    // Every code ever held to its holder.
    std::map<base::MunicipalityCode, CodeHolder> holders;
    // NameKey of every name ever held, of municipality or council, to the
    // resource ids of the holders.
    std::multimap<std::string, base::MunicipalityCode, std::less<>> names;
    std::int64_t last_id = 0;
  };
  // Adds the municipalities of `commit` to `table`.
  static void Add(const Commit& commit, MunicipalityTable& table);

  // Records of one programme and year by municipality, oldest first in each.
  using YearTable = std::vector<StatusPtr>;
  struct ProgramTable {
    std::int64_t first_version = 0;  // of its first record
    std::map<base::FiscalYear, std::shared_ptr<const YearTable>> years;
  };

  std::string incarnation_;
  std::vector<CommitPtr> commits_;
  std::shared_ptr<const MunicipalityTable> municipalities_;
  std::map<std::string, std::shared_ptr<const ProgramTable>, std::less<>>
      programs_;
  std::vector<LineageEventPtr> lineage_records_;  // in order of version
  std::int64_t last_lineage_number_ = 0;
};
using HistoryPtr = std::shared_ptr<const History>;

// What the registry said at one version. Borrows its history, which must
// outlive it. Any thread may read it.
class RegistryView {
 public:
  std::int64_t version() const { return version_; }
  const std::string& incarnation() const { return history_->incarnation(); }

  // Returns the municipality with the resource id, or any code it ever held;
  // null when there is none, or none any more. It need not exist in every year.
  const Municipality* FindMunicipality(
      const base::MunicipalityCode& code) const;

  // As FindMunicipality, also when it was taken back.
  const Municipality* FindEver(const base::MunicipalityCode& code) const;

  // Returns whether the code was held by a municipality that was taken back.
  bool IsRetired(const base::MunicipalityCode& code) const;

  // Returns all municipalities that were not taken back, of whatever years, in
  // order of resource id.
  std::vector<const Municipality*> Municipalities() const;

  // Returns the municipalities one of whose names, or whose council's, has the
  // same NameKey as `name` in `fiscal_year`, in order of resource id.
  //
  // Errors: INVALID_ARGUMENT, reason NOT_UTF8.
  absl::StatusOr<std::vector<const Municipality*>> FindByName(
      std::string_view name, base::FiscalYear fiscal_year) const;

  // Returns the records about the municipality up to this version, in order of
  // valid_from and version. REQUIRES: `municipality` comes from this view.
  std::vector<MunicipalityRecordPtr> RecordsOf(
      const Municipality& municipality) const;

  // When the municipality was first recorded.
  // REQUIRES: `municipality` comes from this view.
  base::Timestamp CreatedTime(const Municipality& municipality) const;
  // When its last record was made.
  base::Timestamp RecordedTime(const Municipality& municipality) const;

  // Returns the lineage events that were not taken back, in order of number.
  std::vector<const LineageEvent*> LineageEvents() const;
  // Returns every record of lineage events up to this version, those that take
  // one back included, in order of version and number.
  std::vector<const LineageEvent*> LineageRecords() const;

  // Returns whether anything was recorded for the programme.
  bool HasProgram(std::string_view program) const;
  // Returns the programmes with records, in order.
  std::vector<std::string> Programs() const;

  // Returns the record in force for the year, or null: not known, or taken
  // back. Never carries another year's forward.
  const StatusRecord* FindStatus(std::string_view program,
                                 const base::MunicipalityCode& municipality,
                                 base::FiscalYear fiscal_year) const;
  // Returns the record that the one in force replaced, and that is in force
  // again when that one is taken back; null: none, or nothing is in force.
  const StatusRecord* FindReplaced(std::string_view program,
                                   const base::MunicipalityCode& municipality,
                                   base::FiscalYear fiscal_year) const;

  // Returns every record of the municipality up to this version, in force or
  // not, by programme, year and version.
  std::vector<const StatusRecord*> StatusRecordsOf(
      const base::MunicipalityCode& municipality) const;

  // Calls `visit` with the record in force of each municipality that has one
  // for the year, in order of resource id.
  void ForEachStatus(
      std::string_view program, base::FiscalYear fiscal_year,
      const std::function<void(const StatusRecord&)>& visit) const;

  // Returns the years for which the programme has records, in order.
  std::vector<base::FiscalYear> FiscalYears(std::string_view program) const;

  // Returns what is on record around `fiscal_year`.
  StatusSurroundings Surroundings(std::string_view program,
                                  const base::MunicipalityCode& municipality,
                                  base::FiscalYear fiscal_year) const;

 private:
  friend class History;
  RegistryView(const History& history, std::int64_t version)
      : history_(&history), version_(version) {}

  // The state at this version, a tombstone included; null before the first.
  static const Municipality* StateAt(const std::vector<MunicipalityPtr>& states,
                                     std::int64_t version);

  const History::ProgramTable* FindProgram(std::string_view program) const;

  const History* history_;
  std::int64_t version_;
};

}  // namespace welfare::registry
