#include "services/registry/history/draft.h"

#include <algorithm>
#include <memory>
#include <tuple>

#include "services/base/error.h"
#include "services/text/normalize.h"

namespace welfare::registry {
namespace {

std::optional<YearFacts> ToYearFacts(const StatusRecord* record) {
  if (record == nullptr) return std::nullopt;
  return YearFacts{record->fiscal_year, record->facts, record->note};
}

}  // namespace

Draft::Draft(const History& current)
    : view_(current.AtHead()),
      version_(current.version() + 1),
      next_municipality_id_(current.next_municipality_id()),
      next_lineage_number_(current.next_lineage_number()) {}

const Municipality* Draft::FindMunicipality(
    const base::MunicipalityCode& code) const {
  const auto added = codes_.find(code);
  const Municipality* known =
      added == codes_.end() ? view_.FindMunicipality(code) : nullptr;
  const base::MunicipalityCode& id = added != codes_.end() ? added->second
                                     : known == nullptr    ? code
                                                           : known->first_code;
  const auto changed = states_.find(id);
  if (changed == states_.end()) return known;
  return changed->second.deleted ? nullptr : &changed->second;
}

bool Draft::IsRetired(const base::MunicipalityCode& code) const {
  if (FindMunicipality(code) != nullptr) return false;
  // Before, or by this very draft.
  return view_.IsRetired(code) || codes_.count(code) > 0 ||
         view_.FindMunicipality(code) != nullptr;
}

std::vector<const Municipality*> Draft::Municipalities() const {
  std::vector<const Municipality*> result = view_.Municipalities();
  if (states_.empty()) return result;
  std::erase_if(result, [&](const Municipality* municipality) {
    return states_.count(municipality->first_code) > 0;
  });
  for (const auto& [id, state] : states_) {
    if (!state.deleted) result.push_back(&state);
  }
  std::sort(result.begin(), result.end(), [](const auto* a, const auto* b) {
    return a->first_code < b->first_code;
  });
  return result;
}

absl::StatusOr<std::vector<const Municipality*>> Draft::FindByName(
    std::string_view name, base::FiscalYear fiscal_year) const {
  WELFARE_ASSIGN_OR_RETURN(std::vector<const Municipality*> found,
                           view_.FindByName(name, fiscal_year));
  if (states_.empty()) return found;
  std::erase_if(found, [&](const Municipality* municipality) {
    return states_.count(municipality->first_code) > 0;
  });
  const auto key = text::NameKey(name);
  for (const auto& [id, state] : states_) {
    if (state.deleted) continue;
    const MunicipalityFacts* facts = state.InYear(fiscal_year);
    if (facts == nullptr) continue;
    const auto own = text::NameKey(facts->name);
    const auto council = text::NameKey(facts->council_name);
    if ((own.ok() && *own == *key) || (council.ok() && *council == *key)) {
      found.push_back(&state);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
    return a->first_code < b->first_code;
  });
  return found;
}

std::vector<MunicipalityRecordPtr> Draft::RecordsOf(
    const Municipality& municipality) const {
  std::vector<MunicipalityRecordPtr> records;
  if (view_.FindMunicipality(municipality.first_code) != nullptr) {
    records = view_.RecordsOf(municipality);
  }
  for (auto entry =
           municipalities_.lower_bound({municipality.first_code, kAlways});
       entry != municipalities_.end() &&
       entry->first.first == municipality.first_code;
       ++entry) {
    records.push_back(
        std::make_shared<const MunicipalityRecord>(entry->second));
  }
  std::sort(records.begin(), records.end(),
            [](const MunicipalityRecordPtr& a, const MunicipalityRecordPtr& b) {
              return std::tie(a->valid_from, a->version) <
                     std::tie(b->valid_from, b->version);
            });
  return InForce(records);
}

const StatusRecord* Draft::FindStatus(
    std::string_view program, const base::MunicipalityCode& municipality,
    base::FiscalYear fiscal_year) const {
  const auto changed =
      statuses_.find(StatusKey(std::string(program), municipality));
  if (changed != statuses_.end()) {
    const auto year = changed->second.find(fiscal_year);
    if (year != changed->second.end()) {
      return year->second.retracted ? nullptr : &year->second;
    }
  }
  return view_.FindStatus(program, municipality, fiscal_year);
}

const StatusRecord* Draft::FindReplaced(
    std::string_view program, const base::MunicipalityCode& municipality,
    base::FiscalYear fiscal_year) const {
  const auto changed =
      statuses_.find(StatusKey(std::string(program), municipality));
  if (changed != statuses_.end() && changed->second.count(fiscal_year) > 0) {
    // What the draft says was not in force before it.
    return view_.FindStatus(program, municipality, fiscal_year);
  }
  return view_.FindReplaced(program, municipality, fiscal_year);
}

const std::set<base::FiscalYear>& Draft::YearsOf(
    std::string_view program) const {
  const auto known = years_.find(program);
  if (known != years_.end()) return known->second;
  const std::vector<base::FiscalYear> years = view_.FiscalYears(program);
  return years_
      .emplace(std::string(program),
               std::set<base::FiscalYear>(years.begin(), years.end()))
      .first->second;
}

StatusSurroundings Draft::Surroundings(
    std::string_view program, const base::MunicipalityCode& municipality,
    base::FiscalYear fiscal_year) const {
  StatusSurroundings result;
  result.same = ToYearFacts(FindStatus(program, municipality, fiscal_year));
  const std::set<base::FiscalYear>& years = YearsOf(program);
  for (auto year = years.upper_bound(fiscal_year); year != years.end();
       ++year) {
    result.after = ToYearFacts(FindStatus(program, municipality, *year));
    if (result.after.has_value()) break;
  }
  for (auto year = years.lower_bound(fiscal_year); year != years.begin();) {
    result.before = ToYearFacts(FindStatus(program, municipality, *--year));
    if (result.before.has_value()) break;
  }
  return result;
}

std::optional<base::FiscalYear> Draft::FirstStatusYear(
    const base::MunicipalityCode& municipality, base::FiscalYear from) const {
  std::optional<base::FiscalYear> first;
  std::set<std::string> programs;
  for (std::string& program : view_.Programs()) {
    programs.insert(std::move(program));
  }
  for (const auto& [key, years] : statuses_) programs.insert(key.first);
  for (const std::string& program : programs) {
    const std::set<base::FiscalYear>& years = YearsOf(program);
    for (auto year = years.lower_bound(from); year != years.end(); ++year) {
      if (FindStatus(program, municipality, *year) == nullptr) continue;
      if (!first.has_value() || *year < *first) first = *year;
      break;
    }
  }
  return first;
}

std::vector<const LineageEvent*> Draft::LineageEvents() const {
  std::vector<const LineageEvent*> events = view_.LineageEvents();
  for (const LineageEvent& record : events_) {
    if (!record.retracted) {
      events.push_back(&record);
      continue;
    }
    std::erase_if(events, [&](const LineageEvent* event) {
      return event->number == record.number;
    });
  }
  return events;
}

bool Draft::HasLineage(const base::MunicipalityCode& municipality) const {
  const std::vector<const LineageEvent*> events = LineageEvents();
  return std::any_of(
      events.begin(), events.end(),
      [&](const LineageEvent* event) { return event->Involves(municipality); });
}

const Municipality* Draft::FindUnmade(
    const base::MunicipalityCode& code) const {
  const Municipality* known = view_.FindEver(code);
  if (known == nullptr || !known->deleted || known->first_code != code ||
      states_.count(code) > 0) {
    return nullptr;
  }
  const std::vector<const LineageEvent*> records = view_.LineageRecords();
  const bool brought_about = std::any_of(
      records.begin(), records.end(), [&](const LineageEvent* record) {
        return record->retracted && record->version == known->version &&
               record->Involves(code);
      });
  return brought_about ? known : nullptr;
}

void Draft::Add(MunicipalityRecord record) {
  record.version = version_;
  next_municipality_id_ = std::max(next_municipality_id_, record.id + 1);
  const base::MunicipalityCode id = record.first_code;
  if (view_.FindMunicipality(id) == nullptr) codes_.insert_or_assign(id, id);
  if (record.says.code.has_value() &&
      view_.FindMunicipality(*record.says.code) == nullptr) {
    codes_.insert_or_assign(*record.says.code, id);
  }
  const auto [entry, added] =
      municipalities_.try_emplace({id, record.valid_from}, record);
  if (!added) {
    MunicipalityRecord& known = entry->second;
    known.says.Add(record.says);
    known.deleted = known.deleted || record.deleted;
    if (record.retracts != 0) known.retracts = record.retracts;
    if (!record.note.empty()) known.note = record.note;
    if (!record.reason.empty()) known.reason = record.reason;
  }
  Municipality probe{.id = record.id, .first_code = id, .periods = {}};
  states_.insert_or_assign(id, Assemble(RecordsOf(probe)));
}

void Draft::Add(StatusRecord record) {
  record.version = version_;
  YearsOf(record.program);
  years_.find(record.program)->second.insert(record.fiscal_year);
  statuses_[{record.program, record.municipality}].insert_or_assign(
      record.fiscal_year, std::move(record));
}

void Draft::Add(LineageEvent event) {
  event.version = version_;
  next_lineage_number_ = std::max(next_lineage_number_, event.number + 1);
  events_.push_back(std::move(event));
}

Changes Draft::TakeChanges() {
  Changes changes;
  for (auto& [key, record] : municipalities_) {
    changes.municipalities.push_back(std::move(record));
  }
  for (auto& [key, years] : statuses_) {
    for (auto& [year, record] : years) {
      changes.statuses.push_back(std::move(record));
    }
  }
  changes.lineage_events = std::move(events_);
  return changes;
}

}  // namespace welfare::registry
