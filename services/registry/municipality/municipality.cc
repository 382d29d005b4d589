#include "services/registry/municipality/municipality.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/text/value_readers.h"

namespace welfare::registry {
namespace {

struct TypeWord {
  MunicipalityType type;
  std::string_view word;
};

constexpr TypeWord kTypeWords[] = {
    {MunicipalityType::kSpecialWard, "special_ward"},
    {MunicipalityType::kCity, "city"},
    {MunicipalityType::kTown, "town"},
    {MunicipalityType::kVillage, "village"},
};

// The facts that `says` amounts to; nothing where it does not exist.
std::optional<MunicipalityFacts> FactsOf(const MunicipalityStatement& says) {
  if (!says.exists.value_or(false)) return std::nullopt;
  MunicipalityFacts facts{
      .code = *says.code,
      .name = *says.name,
      .kana = *says.kana,
      .name_en = *says.name_en,
      .type = *says.type,
      .area = *says.area,
      .population_band = says.population_band.value_or(""),
      .council_name = says.council_name.value_or(""),
      .council_name_checked = says.council_name_checked.value_or(false)};
  if (facts.council_name.empty()) {
    facts.council_name = DefaultCouncilName(facts.name);
    facts.council_name_checked = false;
  }
  return facts;
}

}  // namespace

void MunicipalityStatement::Add(const MunicipalityStatement& newer) {
  const auto take = [](auto& known, const auto& said) {
    if (said.has_value()) known = said;
  };
  take(code, newer.code);
  take(name, newer.name);
  take(kana, newer.kana);
  take(name_en, newer.name_en);
  take(type, newer.type);
  take(area, newer.area);
  take(population_band, newer.population_band);
  take(council_name, newer.council_name);
  take(council_name_checked, newer.council_name_checked);
  take(exists, newer.exists);
}

const MunicipalityFacts* Municipality::InYear(base::FiscalYear year) const {
  for (const MunicipalityPeriod& period : periods) {
    if (period.first <= year && year <= period.last) return &period.facts;
  }
  return nullptr;
}

const MunicipalityPeriod& Municipality::Nearest(base::FiscalYear year) const {
  for (auto period = periods.rbegin(); period != periods.rend(); ++period) {
    if (period->first <= year) return *period;
  }
  return periods.front();
}

absl::StatusOr<const MunicipalityFacts*> FactsInYear(
    const Municipality& municipality, base::FiscalYear year) {
  const MunicipalityFacts* facts = municipality.InYear(year);
  if (facts == nullptr) {
    return MunicipalityNotInYear(municipality.first_code,
                                 municipality.periods.front().first,
                                 municipality.Last().last, year);
  }
  return facts;
}

std::vector<MunicipalityRecordPtr> InForce(
    std::span<const MunicipalityRecordPtr> records) {
  std::int64_t tombstone = 0;
  std::set<std::pair<base::FiscalYear, std::int64_t>> retracted;
  for (const MunicipalityRecordPtr& record : records) {
    if (record->deleted) tombstone = std::max(tombstone, record->version);
    if (record->retracts != 0) {
      retracted.emplace(record->valid_from, record->retracts);
    }
  }
  std::vector<MunicipalityRecordPtr> result;
  std::copy_if(
      records.begin(), records.end(), std::back_inserter(result),
      [&](const MunicipalityRecordPtr& record) {
        return record->version >= tombstone &&
               retracted.count({record->valid_from, record->version}) == 0;
      });
  return result;
}

Municipality Assemble(std::span<const MunicipalityRecordPtr> records) {
  std::vector<MunicipalityRecordPtr> kept;
  // Nearly always nothing was taken back.
  if (std::any_of(records.begin(), records.end(), [](const auto& record) {
        return record->deleted || record->retracts != 0;
      })) {
    kept = InForce(records);
    records = kept;
  }
  const MunicipalityRecord& first = *records.front();
  Municipality result{
      .id = first.id, .first_code = first.first_code, .periods = {}};
  result.created_version = first.version;
  result.deleted = true;
  for (const MunicipalityRecordPtr& record : records) {
    result.version = std::max(result.version, record->version);
    result.deleted = result.deleted && record->deleted;
  }
  if (result.deleted) return result;
  result.created_version = result.version;
  for (const MunicipalityRecordPtr& record : records) {
    if (record->deleted) continue;
    result.created_version = std::min(result.created_version, record->version);
  }
  MunicipalityStatement said;  // for the year at hand
  for (std::size_t at = 0; at < records.size();) {
    const base::FiscalYear from = records[at]->valid_from;
    for (; at < records.size() && records[at]->valid_from == from; ++at) {
      said.Add(records[at]->says);
    }
    std::optional<MunicipalityFacts> facts = FactsOf(said);
    if (!facts.has_value()) continue;
    const base::FiscalYear last =
        at < records.size()
            ? records[at]->valid_from - 1
            : base::FiscalYear::FromChecked(base::FiscalYear::kMax);
    std::vector<MunicipalityPeriod>& periods = result.periods;
    if (!periods.empty() && periods.back().last - from == -1 &&
        periods.back().facts == *facts) {
      periods.back().last = last;
    } else {
      periods.push_back(
          {.first = from, .last = last, .facts = *std::move(facts)});
    }
  }
  return result;
}

MunicipalityStatement StateAll(const MunicipalityFacts& facts) {
  MunicipalityStatement says{.code = facts.code,
                             .name = facts.name,
                             .kana = facts.kana,
                             .name_en = facts.name_en,
                             .type = facts.type,
                             .area = facts.area};
  if (!facts.population_band.empty()) {
    says.population_band = facts.population_band;
  }
  // The usual name is not stated, so that it follows the municipality's.
  if (facts.council_name_checked ||
      facts.council_name != DefaultCouncilName(facts.name)) {
    says.council_name = facts.council_name;
    says.council_name_checked = facts.council_name_checked;
  }
  says.exists = true;
  return says;
}

std::string_view ToString(MunicipalityType type) {
  for (const TypeWord& entry : kTypeWords) {
    if (entry.type == type) return entry.word;
  }
  return "unknown";
}

absl::StatusOr<MunicipalityType> ParseMunicipalityType(std::string_view text) {
  for (const TypeWord& entry : kTypeWords) {
    if (entry.word == text) return entry.type;
  }
  return MunicipalityTypeUnknown(text);
}

absl::StatusOr<std::string> ReadArea(std::string_view text) {
  std::string area = text::FoldWord(text);
  if (std::find(kAreas.begin(), kAreas.end(), area) == kAreas.end()) {
    return AreaUnknown(text, kAreas);
  }
  return area;
}

std::string DefaultCouncilName(std::string_view municipality) {
  return std::string(municipality) + "社会福祉協議会";
}

}  // namespace welfare::registry
