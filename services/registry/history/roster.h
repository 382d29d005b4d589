// Who ran a programme in a fiscal year, and over the years, derived from the
// records in force.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/time/fiscal_year.h"
#include "services/registry/history/history.h"
#include "services/registry/program/program.h"

namespace welfare::registry {

// One municipality's line. Borrows the history.
struct RosterEntry {
  const Municipality* municipality = nullptr;
  const MunicipalityFacts* facts = nullptr;  // of the roster's year
  StatusFacts status;
  // Runs the programme and surely did not the year before: it is on record as
  // not running it, did not exist, or the programme was not there yet.
  bool newcomer = false;
  // Runs it, and the year before has no record of it: a newcomer or not.
  bool newcomer_unknown = false;
  // First year on record as running it, up to the roster's year.
  std::optional<base::FiscalYear> first_implementation_year;
};

// How the municipalities of a set divide: implementing, on record as not
// implementing, and without a record. No record is not a no.
struct RosterCounts {
  int size = 0;
  int implementing = 0;
  int not_implementing = 0;
  int unrecorded = 0;
  int preparing = 0;          // among those not implementing
  int newcomers = 0;          // among those implementing
  int newcomers_unknown = 0;  // among those implementing

  friend bool operator==(const RosterCounts&, const RosterCounts&) = default;
};

// One group of a grouping: `area` 市部, `type` city, `population_band` id
// (empty: none recorded).
struct RosterGroup {
  std::string grouping;
  std::string group;
  RosterCounts counts;
};

// The implementing municipalities of two years held against each other.
struct RosterComparison {
  base::FiscalYear fiscal_year;  // the other year
  std::vector<const Municipality*> only_here;
  std::vector<const Municipality*> only_there;
  std::vector<const Municipality*> both;
  // Of the first two, those without a record for the year in which they are
  // not counted.
  std::vector<const Municipality*> unknown;
};

// Borrows the history of the view it was computed from.
struct Roster {
  std::string program;
  base::FiscalYear fiscal_year;
  std::int64_t version = 0;
  // Every municipality that exists in the year, by resource id.
  std::vector<RosterEntry> entries;
  RosterCounts counts;
  // Ran it the year before, and are on record as not running it or exist no
  // more. No record is not a no, so an empty year has no leavers.
  std::vector<const Municipality*> leavers;
  // By area in the order of kAreas, by type in the order of the enum, by
  // population band in the order of ids; only groups with members. The groups
  // of a grouping add up to `counts`.
  std::vector<RosterGroup> groups;
  std::optional<RosterComparison> comparison;
};

// Returns OK when the programme exists and something is recorded for it: what
// is not recorded has no roster.
//
// Errors:
//   NOT_FOUND, reason PROGRAM_NOT_FOUND: one or the other is not so.
absl::Status CheckRecorded(const ProgramCatalog& catalog,
                           const RegistryView& view, std::string_view program);

// Computes the roster of `program` for `fiscal_year` at the view's version,
// compared with another year where one is given.
Roster ComputeRoster(
    const RegistryView& view, const Program& program,
    base::FiscalYear fiscal_year,
    std::optional<base::FiscalYear> compared_with = std::nullopt);

}  // namespace welfare::registry
