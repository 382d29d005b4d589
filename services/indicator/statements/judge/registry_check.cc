// Rows about the registry: the members of a set in a year, or a series.
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "services/base/expression/expression.h"
#include "services/indicator/questionnaire/labels.h"
#include "services/indicator/statements/judge/cell_figures.h"
#include "services/indicator/statements/judge/checks.h"

namespace welfare::indicator {
namespace {

using Roster = std::map<std::string, RosterEntry>;

// One municipality (or its council) as the registry's rosters know it.
class RosterRow final : public base::ExpressionRow {
 public:
  RosterRow(const RegistryHistory& history, std::string code, int year)
      : history_(history), code_(std::move(code)), year_(year) {}

  const base::Value& item(std::size_t) const override { return missing_; }
  base::Truth registry(base::RegistryFact fact, int offset) const override {
    return history_.Fact(code_, year_ + offset, fact);
  }
  int fiscal_year() const override { return year_; }

 private:
  const RegistryHistory& history_;
  std::string code_;
  int year_;
  base::Value missing_;
};

// A registry population in a year, by code.
struct RegistrySet {
  std::set<std::string> members;
  std::size_t unknown = 0;  // of whom the registry does not say
};

// REQUIRES: IsOfRegistry(population).
RegistrySet InRegistry(const PopulationSet& population,
                       const PublishedRow& row) {
  const RegistryHistory& history = *row.inputs.history;
  const int year = row.figure.reference_year;
  RegistrySet set;
  const auto roster = history.rosters.find(year);
  if (roster == history.rosters.end()) return set;
  const auto parsed = base::Expression::Parse(population.definition.predicate);
  const auto predicate =
      base::Check(*parsed, row.current().table().questionnaire(),
                  base::ExpectedResult::kTruth);
  for (const auto& [code, entry] : roster->second) {
    switch (predicate->EvaluateTruth(RosterRow(history, code, year))) {
      case base::Truth::kTrue:
        set.members.insert(code);
        break;
      case base::Truth::kUnknown:
        ++set.unknown;
        break;
      case base::Truth::kFalse:
        break;
    }
  }
  return set;
}

// Whether the registry alone decides who is in it.
bool IsOfRegistry(const PopulationSet* population) {
  return population != nullptr && population->violations.empty() &&
         !population->reads_answers;
}

void JudgeSeries(const PublishedRow& row, OpenReading& reading) {
  const auto cells = FindCells(row, row.figure.round_year, reading);
  if (!cells.has_value()) return;
  std::string counts;
  int undecided = 0;
  for (const CellFigure& cell : *cells) {
    Join(counts, std::to_string(cell.count), ",");
    undecided += cell.undecided;
  }
  if (undecided > 0) return reading.Refuse(RecordsMissing(undecided, counts));
  reading.shown().computed = counts;
  reading.Begin();
  reading.Require(counts == row.figure.value, "counts " + row.figure.value);
}

// The members by name, in the order of their codes.
std::string NamesOf(const RegistrySet& set, const Roster& roster,
                    base::RespondentKind kind) {
  std::string names;
  for (const std::string& code : set.members) {
    const RosterEntry& entry = roster.at(code);
    Join(names,
         kind == base::RespondentKind::kCouncil ? entry.council_display_name
                                                : entry.display_name,
         "、");
  }
  return names;
}

// Shows the population as a statement about another year means it.
void ShowPopulation(const PopulationSet& population, int year, int members,
                    StatementReading& shown) {
  const auto fiscal_year = base::FiscalYear::Make(year);
  if (!fiscal_year.ok()) return;
  shown.population_label =
      FillYears(population.definition.label, *fiscal_year, 0);
  shown.population_size = members;
}

}  // namespace

void JudgeRegistry(const PublishedRow& row, OpenReading& reading) {
  if (row.inputs.history == nullptr) return reading.Refuse(RegistryNotRead());
  if (!row.source.indicator.empty()) return JudgeSeries(row, reading);
  const PublishedFigure& figure = row.figure;
  StatementReading& shown = reading.shown();
  const PopulationSet* population = shown.population;
  if (!IsOfRegistry(population)) return reading.Refuse(NoRegistrySet(""));
  const auto roster = row.inputs.history->rosters.find(figure.reference_year);
  if (roster == row.inputs.history->rosters.end()) {
    return reading.Refuse(NoRoster(figure.reference_year));
  }
  const RegistrySet set = InRegistry(*population, row);
  // No record is not a no: a year without any says nothing.
  if (set.unknown > 0 && set.unknown == roster->second.size()) {
    return reading.Refuse(NoRecord(figure.reference_year));
  }
  std::set<std::string> base;
  for (const auto& [code, entry] : roster->second) base.insert(code);
  reading.Begin();
  if (!row.source.within.empty()) {
    const PopulationSet* within =
        row.current().FindPopulation(row.source.within);
    if (!IsOfRegistry(within)) {
      return reading.Refuse(NoRegistrySet(row.source.within));
    }
    base = InRegistry(*within, row).members;
    reading.Require(std::ranges::includes(base, set.members),
                    "inside " + row.source.within);
  }
  const auto k = static_cast<std::int64_t>(set.members.size());
  const auto n = static_cast<std::int64_t>(base.size());
  ShowPopulation(*population, figure.reference_year, static_cast<int>(k),
                 shown);
  shown.count = static_cast<int>(k);
  shown.base = static_cast<int>(n);
  shown.computed =
      std::to_string(k) + "/" + std::to_string(n) + ": " +
      NamesOf(set, roster->second, population->definition.respondent);
  if (set.unknown > 0) {
    shown.computed += " (not on record: " + std::to_string(set.unknown) + ")";
  }
  if (figure.value.empty()) return reading.Decide(k, n, nullptr);
  reading.Note(k, n);
  const bool same = std::to_string(k) == figure.value;
  shown.count_agreement = same ? Agreement::kSame : Agreement::kDiffers;
  reading.Require(same, "count " + figure.value);
}

}  // namespace welfare::indicator
