// What the registry knew at one version about every year of a programme.
#pragma once

#include <cstdint>
#include <map>
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

  // Returns the fact of `code` in `year`; kUnknown without an entry.
  base::Truth Fact(const std::string& code, int year,
                   base::RegistryFact fact) const;
  // Returns whether `code` implements in `year` and is not known to have
  // implemented the year before: newcomers by set difference of yearly lists.
  bool IsNewcomer(const std::string& code, int year) const;
};

}  // namespace welfare::indicator
