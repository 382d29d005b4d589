#include "services/registry/history.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <tuple>
#include <utility>

#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

// Order inside a YearTable.
bool ByMunicipalityAndVersion(const StatusPtr& a, const StatusPtr& b) {
  return std::tie(a->municipality, a->version) <
         std::tie(b->municipality, b->version);
}

YearFacts ToYearFacts(const StatusRecord& record) {
  return {record.fiscal_year, record.facts, record.note};
}

}  // namespace

void SortChanges(Commit& commit) {
  std::sort(commit.municipalities.begin(), commit.municipalities.end(),
            [](const MunicipalityPtr& a, const MunicipalityPtr& b) {
              return a->first_code < b->first_code;
            });
  std::sort(commit.statuses.begin(), commit.statuses.end(),
            [](const StatusPtr& a, const StatusPtr& b) {
              return std::tie(a->program, a->municipality, a->fiscal_year) <
                     std::tie(b->program, b->municipality, b->fiscal_year);
            });
}

History::History()
    : municipalities_(std::make_shared<const MunicipalityTable>()) {}

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
    for (const MunicipalityPtr& record : commit->municipalities) {
      municipalities->records[record->first_code].push_back(record);
      municipalities->holders.try_emplace(record->first_code,
                                          record->first_code);
      municipalities->holders.try_emplace(record->facts.code,
                                          record->first_code);
      municipalities->last_id = std::max(municipalities->last_id, record->id);
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

const MunicipalityRecord* RegistryView::FindMunicipality(
    const base::MunicipalityCode& code) const {
  const auto& table = *history_->municipalities_;
  const auto holder = table.holders.find(code);
  if (holder == table.holders.end()) return nullptr;
  const std::vector<MunicipalityPtr>& records =
      table.records.find(holder->second)->second;
  const auto record = std::find_if(records.rbegin(), records.rend(),
                                   [&](const MunicipalityPtr& candidate) {
                                     return candidate->version <= version_;
                                   });
  if (record == records.rend() || (*record)->deleted) return nullptr;
  return record->get();
}

bool RegistryView::IsRetired(const base::MunicipalityCode& code) const {
  const auto& table = *history_->municipalities_;
  const auto holder = table.holders.find(code);
  return holder != table.holders.end() &&
         table.records.find(holder->second)->second.front()->version <=
             version_ &&
         FindMunicipality(code) == nullptr;
}

std::vector<const MunicipalityRecord*> RegistryView::Municipalities() const {
  std::vector<const MunicipalityRecord*> result;
  result.reserve(history_->municipalities_->records.size());
  for (const auto& [first_code, unused] : history_->municipalities_->records) {
    if (const MunicipalityRecord* record = FindMunicipality(first_code)) {
      result.push_back(record);
    }
  }
  return result;
}

base::Timestamp RegistryView::CreatedTime(
    const MunicipalityRecord& municipality) const {
  const auto& records =
      history_->municipalities_->records.find(municipality.first_code)->second;
  return history_->commit(records.front()->version).recorded_time;
}

base::Timestamp RegistryView::RecordedTime(
    const MunicipalityRecord& municipality) const {
  return history_->commit(municipality.version).recorded_time;
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
  return last->municipality == municipality ? last.get() : nullptr;
}

void RegistryView::ForEachStatus(
    std::string_view program, base::FiscalYear fiscal_year,
    const std::function<void(const StatusRecord&)>& visit) const {
  const History::ProgramTable* table = FindProgram(program);
  if (table == nullptr) return;
  const auto year = table->years.find(fiscal_year);
  if (year == table->years.end()) return;
  const StatusRecord* current = nullptr;
  for (const StatusPtr& record : *year->second) {
    if (current != nullptr && current->municipality != record->municipality) {
      visit(*current);
      current = nullptr;
    }
    if (record->version <= version_) current = record.get();
  }
  if (current != nullptr) visit(*current);
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
