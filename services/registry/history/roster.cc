#include "services/registry/history/roster.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/base/error.h"
#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

bool Runs(const StatusRecord* record) {
  return record != nullptr && record->facts.implementing == Implementing::kYes;
}

void Count(const RosterEntry& entry, RosterCounts& counts) {
  ++counts.size;
  if (!entry.status.implementing.has_value()) {
    ++counts.unrecorded;
    return;
  }
  switch (*entry.status.implementing) {
    case Implementing::kYes:
      ++counts.implementing;
      if (entry.newcomer) ++counts.newcomers;
      if (entry.newcomer_unknown) ++counts.newcomers_unknown;
      break;
    case Implementing::kNo:
    case Implementing::kEnded:
      ++counts.not_implementing;
      if (entry.status.preparation == Preparation::kYes) ++counts.preparing;
      break;
  }
}

std::vector<RosterGroup> ComputeGroups(
    const std::vector<RosterEntry>& entries) {
  std::map<std::string_view, RosterCounts> areas;
  std::map<MunicipalityType, RosterCounts> types;
  std::map<std::string_view, RosterCounts> bands;
  for (const RosterEntry& entry : entries) {
    Count(entry, areas[entry.facts->area]);
    Count(entry, types[entry.facts->type]);
    Count(entry, bands[entry.facts->population_band]);
  }
  std::vector<RosterGroup> groups;
  for (const std::string_view area : kAreas) {
    const auto found = areas.find(area);
    if (found == areas.end()) continue;
    groups.push_back({"area", std::string(area), found->second});
    areas.erase(found);
  }
  for (const auto& [area, counts] : areas) {
    groups.push_back({"area", std::string(area), counts});
  }
  for (const auto& [type, counts] : types) {
    groups.push_back({"type", std::string(ToString(type)), counts});
  }
  for (const auto& [band, counts] : bands) {
    groups.push_back({"population_band", std::string(band), counts});
  }
  return groups;
}

RosterComparison Compare(const RegistryView& view, std::string_view program,
                         base::FiscalYear here, base::FiscalYear there) {
  RosterComparison result{.fiscal_year = there,
                          .only_here = {},
                          .only_there = {},
                          .both = {},
                          .unknown = {}};
  for (const Municipality* municipality : view.Municipalities()) {
    const base::MunicipalityCode& id = municipality->first_code;
    // A municipality that does not exist in a year does not run it in it.
    const bool exists_here = municipality->InYear(here) != nullptr;
    const bool exists_there = municipality->InYear(there) != nullptr;
    const StatusRecord* now =
        exists_here ? view.FindStatus(program, id, here) : nullptr;
    const StatusRecord* then =
        exists_there ? view.FindStatus(program, id, there) : nullptr;
    if (Runs(now) && Runs(then)) {
      result.both.push_back(municipality);
    } else if (Runs(now)) {
      result.only_here.push_back(municipality);
      if (exists_there && then == nullptr) {
        result.unknown.push_back(municipality);
      }
    } else if (Runs(then)) {
      result.only_there.push_back(municipality);
      if (exists_here && now == nullptr) {
        result.unknown.push_back(municipality);
      }
    }
  }
  return result;
}

}  // namespace

absl::Status CheckRecorded(const ProgramCatalog& catalog,
                           const RegistryView& view, std::string_view program) {
  WELFARE_RETURN_IF_ERROR(catalog.Check(program));
  if (!view.HasProgram(program)) {
    return ProgramNotFound(program, view.version());
  }
  return absl::OkStatus();
}

Roster ComputeRoster(const RegistryView& view, const Program& program,
                     base::FiscalYear fiscal_year,
                     std::optional<base::FiscalYear> compared_with) {
  Roster roster{.program = program.id,
                .fiscal_year = fiscal_year,
                .version = view.version(),
                .entries = {},
                .counts = {},
                .leavers = {},
                .groups = {},
                .comparison = std::nullopt};
  std::map<base::MunicipalityCode, base::FiscalYear> first_years;
  for (const base::FiscalYear year : view.FiscalYears(program.id)) {
    if (year > fiscal_year) break;
    view.ForEachStatus(program.id, year, [&](const StatusRecord& record) {
      if (Runs(&record)) first_years.try_emplace(record.municipality, year);
    });
  }
  // Nobody runs a programme before it is there.
  const bool has_year_before = fiscal_year > program.first_fiscal_year;
  for (const Municipality* municipality : view.Municipalities()) {
    const base::MunicipalityCode& id = municipality->first_code;
    const StatusRecord* before =
        has_year_before ? view.FindStatus(program.id, id, fiscal_year - 1)
                        : nullptr;
    const bool ran_before = Runs(before);
    RosterEntry entry;
    entry.municipality = municipality;
    entry.facts = municipality->InYear(fiscal_year);
    if (entry.facts == nullptr) {
      if (ran_before) roster.leavers.push_back(municipality);
      continue;
    }
    const StatusRecord* now = view.FindStatus(program.id, id, fiscal_year);
    if (now != nullptr) entry.status = now->facts;
    const bool known_before = before != nullptr || !has_year_before ||
                              municipality->InYear(fiscal_year - 1) == nullptr;
    entry.newcomer = Runs(now) && known_before && !ran_before;
    entry.newcomer_unknown = Runs(now) && !known_before;
    if (ran_before && now != nullptr && !Runs(now)) {
      roster.leavers.push_back(municipality);
    }
    const auto first = first_years.find(id);
    if (first != first_years.end()) {
      entry.first_implementation_year = first->second;
    }
    Count(entry, roster.counts);
    roster.entries.push_back(entry);
  }
  roster.groups = ComputeGroups(roster.entries);
  if (compared_with.has_value()) {
    roster.comparison = Compare(view, program.id, fiscal_year, *compared_with);
  }
  return roster;
}

}  // namespace welfare::registry
