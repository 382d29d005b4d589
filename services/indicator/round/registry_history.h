// What the registry knew at one version about every year of a programme.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "services/base/expression/expression.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator {

// One municipality in one year's roster.
struct RosterEntry {
  std::string display_name;
  std::string council_display_name;
  StatusFacts facts;
};

// Rosters by fiscal year, each by municipality code (so in code order).
struct RegistryHistory {
  std::int64_t version = 0;
  std::string incarnation;  // the registry's store, in which `version` counts
  std::map<int, std::map<std::string, RosterEntry>> rosters;
  // The first fiscal year in which the programme can be run; unset where it is
  // not known. Before it nobody implements, and that is no lack of a record.
  std::optional<int> first_program_year = std::nullopt;

  // Returns the fact of `code` in `year`; kUnknown without an entry.
  base::Truth Fact(const std::string& code, int year,
                   base::RegistryFact fact) const;
  // Returns whether `code` implements in `year` and did not the year before.
  // Who implemented the year before is surely no newcomer, who did not exist
  // then surely is one, and of whom the year before (or `year`) has no record
  // it is not known: no record is not a no.
  base::Truth IsNewcomer(const std::string& code, int year) const;
};

}  // namespace welfare::indicator
