#include "services/registry/history/history.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <tuple>
#include <utility>

#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/text/normalize.h"

namespace welfare::registry {
namespace {

// Order inside a YearTable.
bool ByMunicipalityAndVersion(const StatusPtr& a, const StatusPtr& b) {
  return std::tie(a->municipality, a->version) <
         std::tie(b->municipality, b->version);
}

// Order of the records of one municipality.
bool ByValidityAndVersion(const MunicipalityRecordPtr& a,
                          const MunicipalityRecordPtr& b) {
  return std::tie(a->valid_from, a->version) <
         std::tie(b->valid_from, b->version);
}

YearFacts ToYearFacts(const StatusRecord& record) {
  return {record.fiscal_year, record.facts, record.note};
}

}  // namespace

void SortChanges(Commit& commit) {
  std::sort(commit.municipalities.begin(), commit.municipalities.end(),
            [](const MunicipalityRecordPtr& a, const MunicipalityRecordPtr& b) {
              return std::tie(a->first_code, a->valid_from) <
                     std::tie(b->first_code, b->valid_from);
            });
  std::sort(commit.statuses.begin(), commit.statuses.end(),
            [](const StatusPtr& a, const StatusPtr& b) {
              return std::tie(a->program, a->municipality, a->fiscal_year) <
                     std::tie(b->program, b->municipality, b->fiscal_year);
            });
}

History::History(std::string incarnation)
    : incarnation_(std::move(incarnation)),
      municipalities_(std::make_shared<const MunicipalityTable>()) {}

base::Timestamp History::recorded_time() const {
  return commits_.empty() ? base::Timestamp() : commits_.back()->recorded_time;
}

std::int64_t History::VersionKnownAt(base::Timestamp moment) const {
  const auto after =
      std::upper_bound(commits_.begin(), commits_.end(), moment,
                       [](base::Timestamp time, const CommitPtr& commit) {
                         return time < commit->recorded_time;
                       });
  return std::distance(commits_.begin(), after);
}

const Commit& History::commit(std::int64_t version) const {
  assert(version >= 1 && version <= this->version());
  return *commits_[static_cast<std::size_t>(version - 1)];
}

std::span<const CommitPtr> History::CommitsAfter(std::int64_t version) const {
  assert(version >= 0 && version <= this->version());
  return std::span(commits_).subspan(static_cast<std::size_t>(version));
}

RegistryView History::At(std::int64_t version) const {
  assert(version >= 0 && version <= this->version());
  return RegistryView(*this, version);
}

RegistryView History::AtHead() const { return At(version()); }

std::int64_t History::next_municipality_id() const {
  return municipalities_->last_id + 1;
}

std::int64_t History::next_lineage_number() const {
  return last_lineage_number_ + 1;
}

void History::Add(const Commit& commit, MunicipalityTable& table) {
  for (std::size_t at = 0; at < commit.municipalities.size(); ++at) {
    const MunicipalityRecordPtr& record = commit.municipalities[at];
    const base::MunicipalityCode& id = record->first_code;
    std::vector<MunicipalityRecordPtr>& records = table.records[id];
    records.insert(std::upper_bound(records.begin(), records.end(), record,
                                    ByValidityAndVersion),
                   record);
    table.holders.try_emplace(id, CodeHolder{id, commit.version});
    if (record->says.code.has_value()) {
      table.holders.try_emplace(*record->says.code,
                                CodeHolder{id, commit.version});
    }
    table.last_id = std::max(table.last_id, record->id);
    // Only what all records of the commit say together was ever the state.
    if (at + 1 < commit.municipalities.size() &&
        commit.municipalities[at + 1]->first_code == id) {
      continue;
    }
    auto state = std::make_shared<const Municipality>(Assemble(records));
    for (const MunicipalityPeriod& period : state->periods) {
      for (const std::string* name :
           {&period.facts.name, &period.facts.council_name}) {
        const auto key = text::NameKey(*name);
        if (!key.ok()) continue;  // stored names are UTF-8
        const auto [first, last] = table.names.equal_range(*key);
        if (std::none_of(first, last, [&](const auto& entry) {
              return entry.second == id;
            })) {
          table.names.emplace(*key, id);
        }
      }
    }
    table.states[id].push_back(std::move(state));
  }
}

absl::StatusOr<std::shared_ptr<const History>> History::With(
    std::span<const CommitPtr> commits) const {
  auto next = std::make_shared<History>(*this);
  std::shared_ptr<MunicipalityTable> municipalities;
  // New records by programme and year; merged into copies of their tables.
  std::map<std::string, std::map<base::FiscalYear, YearTable>> added;
  for (const CommitPtr& commit : commits) {
    if (commit->version != next->version() + 1 ||
        (next->version() > 0 &&
         commit->recorded_time <= next->recorded_time())) {
      return HistoryGap(next->version(), commit->version);
    }
    next->commits_.push_back(commit);
    if (!commit->municipalities.empty() && municipalities == nullptr) {
      municipalities = std::make_shared<MunicipalityTable>(*municipalities_);
    }
    if (municipalities != nullptr) Add(*commit, *municipalities);
    for (const LineageEventPtr& event : commit->lineage_events) {
      if (event->retracted ? event->number > next->last_lineage_number_
                           : event->number != next->next_lineage_number()) {
        return HistoryGap(next->last_lineage_number_, event->number);
      }
      next->last_lineage_number_ =
          std::max(next->last_lineage_number_, event->number);
      next->lineage_records_.push_back(event);
    }
    for (const StatusPtr& record : commit->statuses) {
      added[record->program][record->fiscal_year].push_back(record);
    }
  }
  if (municipalities != nullptr) {
    next->municipalities_ = std::move(municipalities);
  }
  for (auto& [program, years] : added) {
    const auto known = next->programs_.find(program);
    auto table = known == next->programs_.end()
                     ? std::make_shared<ProgramTable>()
                     : std::make_shared<ProgramTable>(*known->second);
    for (auto& [year, records] : years) {
      std::sort(records.begin(), records.end(), ByMunicipalityAndVersion);
      for (const StatusPtr& record : records) {
        if (table->first_version == 0 ||
            record->version < table->first_version) {
          table->first_version = record->version;
        }
      }
      std::shared_ptr<const YearTable>& slot = table->years[year];
      auto merged = std::make_shared<YearTable>();
      merged->reserve(records.size() + (slot == nullptr ? 0 : slot->size()));
      if (slot != nullptr) {
        std::merge(slot->begin(), slot->end(), records.begin(), records.end(),
                   std::back_inserter(*merged), ByMunicipalityAndVersion);
      } else {
        *merged = std::move(records);
      }
      slot = std::move(merged);
    }
    next->programs_.insert_or_assign(program, std::move(table));
  }
  return std::shared_ptr<const History>(std::move(next));
}

const Municipality* RegistryView::StateAt(
    const std::vector<MunicipalityPtr>& states, std::int64_t version) {
  const auto after = std::partition_point(
      states.begin(), states.end(),
      [&](const MunicipalityPtr& state) { return state->version <= version; });
  return after == states.begin() ? nullptr : std::prev(after)->get();
}

const Municipality* RegistryView::FindEver(
    const base::MunicipalityCode& code) const {
  const auto& table = *history_->municipalities_;
  const auto holder = table.holders.find(code);
  if (holder == table.holders.end() || holder->second.version > version_) {
    return nullptr;
  }
  return StateAt(table.states.find(holder->second.first_code)->second,
                 version_);
}

const Municipality* RegistryView::FindMunicipality(
    const base::MunicipalityCode& code) const {
  const Municipality* state = FindEver(code);
  return state == nullptr || state->deleted ? nullptr : state;
}

bool RegistryView::IsRetired(const base::MunicipalityCode& code) const {
  const auto& table = *history_->municipalities_;
  const auto holder = table.holders.find(code);
  return holder != table.holders.end() && holder->second.version <= version_ &&
         FindMunicipality(code) == nullptr;
}

std::vector<const Municipality*> RegistryView::Municipalities() const {
  std::vector<const Municipality*> result;
  result.reserve(history_->municipalities_->states.size());
  for (const auto& [first_code, states] : history_->municipalities_->states) {
    const Municipality* state = StateAt(states, version_);
    if (state != nullptr && !state->deleted) result.push_back(state);
  }
  return result;
}

absl::StatusOr<std::vector<const Municipality*>> RegistryView::FindByName(
    std::string_view name, base::FiscalYear fiscal_year) const {
  const auto key = text::NameKey(name);
  if (!key.ok()) return key.status();
  const auto has_name = [&](const std::string& known) {
    const auto known_key = text::NameKey(known);
    return known_key.ok() && *known_key == *key;
  };
  std::vector<const Municipality*> result;
  const auto [first, last] = history_->municipalities_->names.equal_range(*key);
  for (auto entry = first; entry != last; ++entry) {
    const Municipality* municipality = FindMunicipality(entry->second);
    if (municipality == nullptr) continue;
    const MunicipalityFacts* facts = municipality->InYear(fiscal_year);
    if (facts != nullptr &&
        (has_name(facts->name) || has_name(facts->council_name))) {
      result.push_back(municipality);
    }
  }
  std::sort(result.begin(), result.end(), [](const auto* a, const auto* b) {
    return a->first_code < b->first_code;
  });
  return result;
}

std::vector<MunicipalityRecordPtr> RegistryView::RecordsOf(
    const Municipality& municipality) const {
  std::vector<MunicipalityRecordPtr> result;
  const auto& records =
      history_->municipalities_->records.find(municipality.first_code)->second;
  std::copy_if(records.begin(), records.end(), std::back_inserter(result),
               [&](const MunicipalityRecordPtr& record) {
                 return record->version <= version_;
               });
  return result;
}

base::Timestamp RegistryView::CreatedTime(
    const Municipality& municipality) const {
  return history_->commit(municipality.created_version).recorded_time;
}

base::Timestamp RegistryView::RecordedTime(
    const Municipality& municipality) const {
  return history_->commit(municipality.version).recorded_time;
}

std::vector<const LineageEvent*> RegistryView::LineageRecords() const {
  std::vector<const LineageEvent*> result;
  for (const LineageEventPtr& record : history_->lineage_records_) {
    if (record->version > version_) break;
    result.push_back(record.get());
  }
  return result;
}

std::vector<const LineageEvent*> RegistryView::LineageEvents() const {
  std::vector<const LineageEvent*> result;
  for (const LineageEvent* record : LineageRecords()) {
    if (!record->retracted) {
      result.push_back(record);
      continue;
    }
    std::erase_if(result, [&](const LineageEvent* event) {
      return event->number == record->number;
    });
  }
  return result;
}

const History::ProgramTable* RegistryView::FindProgram(
    std::string_view program) const {
  const auto found = history_->programs_.find(program);
  if (found == history_->programs_.end() ||
      found->second->first_version > version_) {
    return nullptr;
  }
  return found->second.get();
}

bool RegistryView::HasProgram(std::string_view program) const {
  return FindProgram(program) != nullptr;
}

std::vector<std::string> RegistryView::Programs() const {
  std::vector<std::string> result;
  for (const auto& [program, table] : history_->programs_) {
    if (table->first_version <= version_) result.push_back(program);
  }
  return result;
}

const StatusRecord* RegistryView::FindStatus(
    std::string_view program, const base::MunicipalityCode& municipality,
    base::FiscalYear fiscal_year) const {
  const History::ProgramTable* table = FindProgram(program);
  if (table == nullptr) return nullptr;
  const auto year = table->years.find(fiscal_year);
  if (year == table->years.end()) return nullptr;
  const History::YearTable& records = *year->second;
  // The first record that is too late for this municipality or version.
  const auto after = std::partition_point(
      records.begin(), records.end(), [&](const StatusPtr& record) {
        return std::tie(record->municipality, record->version) <=
               std::tie(municipality, version_);
      });
  if (after == records.begin()) return nullptr;
  const StatusPtr& last = *std::prev(after);
  return last->municipality == municipality && !last->retracted ? last.get()
                                                                : nullptr;
}

const StatusRecord* RegistryView::FindReplaced(
    std::string_view program, const base::MunicipalityCode& municipality,
    base::FiscalYear fiscal_year) const {
  if (FindStatus(program, municipality, fiscal_year) == nullptr) return nullptr;
  // Those in force one over the other; a record taken back, with what it was
  // laid over, is not among them.
  std::vector<const StatusRecord*> standing;
  const History::YearTable& records =
      *FindProgram(program)->years.find(fiscal_year)->second;
  auto record = std::partition_point(
      records.begin(), records.end(),
      [&](const StatusPtr& each) { return each->municipality < municipality; });
  for (; record != records.end() && (*record)->municipality == municipality &&
         (*record)->version <= version_;
       ++record) {
    const StatusRecord& found = **record;
    if (found.retracted) {
      standing.clear();
    } else if (found.restores == 0) {
      standing.push_back(&found);
    } else {
      while (!standing.empty() && standing.back()->version > found.restores) {
        standing.pop_back();
      }
    }
  }
  return standing.size() < 2 ? nullptr : standing[standing.size() - 2];
}

std::vector<const StatusRecord*> RegistryView::StatusRecordsOf(
    const base::MunicipalityCode& municipality) const {
  std::vector<const StatusRecord*> result;
  for (const auto& [program, table] : history_->programs_) {
    for (const auto& [year, records] : table->years) {
      auto record = std::partition_point(
          records->begin(), records->end(), [&](const StatusPtr& each) {
            return each->municipality < municipality;
          });
      for (; record != records->end() &&
             (*record)->municipality == municipality &&
             (*record)->version <= version_;
           ++record) {
        result.push_back(record->get());
      }
    }
  }
  return result;
}

void RegistryView::ForEachStatus(
    std::string_view program, base::FiscalYear fiscal_year,
    const std::function<void(const StatusRecord&)>& visit) const {
  const History::ProgramTable* table = FindProgram(program);
  if (table == nullptr) return;
  const auto year = table->years.find(fiscal_year);
  if (year == table->years.end()) return;
  const StatusRecord* current = nullptr;
  const auto finish = [&] {
    if (current != nullptr && !current->retracted) visit(*current);
    current = nullptr;
  };
  for (const StatusPtr& record : *year->second) {
    if (current != nullptr && current->municipality != record->municipality) {
      finish();
    }
    if (record->version <= version_) current = record.get();
  }
  finish();
}

std::vector<base::FiscalYear> RegistryView::FiscalYears(
    std::string_view program) const {
  std::vector<base::FiscalYear> result;
  const History::ProgramTable* table = FindProgram(program);
  if (table == nullptr) return result;
  for (const auto& [year, records] : table->years) {
    if (std::any_of(records->begin(), records->end(),
                    [&](const StatusPtr& record) {
                      return record->version <= version_;
                    })) {
      result.push_back(year);
    }
  }
  return result;
}

StatusSurroundings RegistryView::Surroundings(
    std::string_view program, const base::MunicipalityCode& municipality,
    base::FiscalYear fiscal_year) const {
  StatusSurroundings result;
  const History::ProgramTable* table = FindProgram(program);
  if (table == nullptr) return result;
  const auto at = table->years.lower_bound(fiscal_year);
  for (auto year = at; year != table->years.end(); ++year) {
    const StatusRecord* record = FindStatus(program, municipality, year->first);
    if (record == nullptr) continue;
    if (year->first == fiscal_year) {
      result.same = ToYearFacts(*record);
    } else {
      result.after = ToYearFacts(*record);
      break;
    }
  }
  for (auto year = at; year != table->years.begin();) {
    --year;
    const StatusRecord* record = FindStatus(program, municipality, year->first);
    if (record == nullptr) continue;
    result.before = ToYearFacts(*record);
    break;
  }
  return result;
}

}  // namespace welfare::registry
