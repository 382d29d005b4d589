#include "services/registry/roster.h"

#include <map>

namespace welfare::registry {
namespace {

bool Runs(const StatusRecord* record) {
  return record != nullptr && record->facts.implementing == Implementing::kYes;
}

}  // namespace

Roster ComputeRoster(const RegistryView& view, std::string_view program,
                     base::FiscalYear fiscal_year) {
  Roster roster{.program = std::string(program),
                .fiscal_year = fiscal_year,
                .version = view.version(),
                .entries = {},
                .leavers = {}};
  std::map<base::MunicipalityCode, base::FiscalYear> first_years;
  for (const base::FiscalYear year : view.FiscalYears(program)) {
    if (year > fiscal_year) break;
    view.ForEachStatus(program, year, [&](const StatusRecord& record) {
      if (Runs(&record)) first_years.try_emplace(record.municipality, year);
    });
  }
  for (const MunicipalityRecord* municipality : view.Municipalities()) {
    const base::MunicipalityCode& id = municipality->first_code;
    const StatusRecord* now = view.FindStatus(program, id, fiscal_year);
    const bool ran_before = fiscal_year.value() > base::FiscalYear::kMin &&
                            Runs(view.FindStatus(program, id, fiscal_year - 1));
    RosterEntry entry;
    entry.municipality = municipality;
    if (now != nullptr) entry.facts = now->facts;
    if (Runs(now)) {
      ++roster.implementing;
      entry.newcomer = !ran_before;
      if (entry.newcomer) ++roster.newcomers;
    } else {
      ++roster.not_implementing;
      if (entry.facts.preparation == Preparation::kYes) ++roster.preparing;
      if (ran_before && now != nullptr) roster.leavers.push_back(municipality);
    }
    const auto first = first_years.find(id);
    if (first != first_years.end()) {
      entry.first_implementation_year = first->second;
    }
    roster.entries.push_back(entry);
  }
  return roster;
}

}  // namespace welfare::registry
