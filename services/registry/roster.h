// Who ran a programme in a fiscal year, derived from the records in force.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/fiscal_year.h"
#include "services/registry/history.h"

namespace welfare::registry {

// One municipality's line.
struct RosterEntry {
  const MunicipalityRecord* municipality = nullptr;  // into the history
  StatusFacts facts;
  // Runs the programme and is not on record as running it the year before. In
  // the programme's first year everybody who runs it is a newcomer.
  bool newcomer = false;
  // First year on record as running it, up to the roster's year.
  std::optional<base::FiscalYear> first_implementation_year;
};

// Implementing municipalities and the rest divide the whole; preparation lies
// inside the rest. Borrows the history of the view it was computed from.
struct Roster {
  std::string program;
  base::FiscalYear fiscal_year;
  std::int64_t version = 0;
  std::vector<RosterEntry> entries;  // every municipality, by resource id
  int implementing = 0;
  int not_implementing = 0;  // includes those not known to implement
  int preparing = 0;         // among those not implementing
  int newcomers = 0;
  // Ran it the year before and are on record as not running it. No record is
  // not a no, so an empty year has no leavers.
  std::vector<const MunicipalityRecord*> leavers;
};

// Computes the roster of `program` for `fiscal_year` at the view's version.
Roster ComputeRoster(const RegistryView& view, std::string_view program,
                     base::FiscalYear fiscal_year);

}  // namespace welfare::registry
