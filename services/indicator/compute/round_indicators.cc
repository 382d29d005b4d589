#include "services/indicator/compute/round_indicators.h"

#include <utility>

#include "services/base/percent.h"
#include "services/base/rational.h"
#include "services/base/sha256.h"
#include "services/indicator/compute/figure_sets.h"
#include "services/indicator/errors.h"
#include "services/indicator/questionnaire/labels.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::CheckedExpression;
using base::Rational;
using base::Truth;
using base::Violation;

// Parses and checks `expression`; violations of the language become ours,
// under `where`.
std::optional<CheckedExpression> BindTruth(const std::string& expression,
                                           const Questionnaire& questionnaire,
                                           const std::string& where,
                                           std::vector<Violation>& violations) {
  const auto parsed = base::Expression::Parse(expression);
  absl::Status status = parsed.status();
  if (parsed.ok()) {
    auto checked =
        base::Check(*parsed, questionnaire, base::ExpectedResult::kTruth);
    if (checked.ok()) return *std::move(checked);
    status = checked.status();
  }
  const auto details = base::GetErrorDetails(status);
  if (!details.has_value() || details->violations.empty()) {
    violations.push_back(
        {where, "EXPRESSION", std::string(base::MessageOf(status))});
    return std::nullopt;
  }
  for (const Violation& violation : details->violations) {
    violations.push_back({where, violation.reason,
                          violation.description + " (" + violation.field +
                              " of `" + expression + "`)"});
  }
  return std::nullopt;
}

// A number in print: an integer, else with one decimal, half up.
std::string Print(const Rational& number) {
  return number.is_integer() ? number.ToString() : number.ToDecimal(1);
}

}  // namespace

RoundIndicators::RoundIndicators(std::shared_ptr<const RoundTable> table,
                                 const DefinitionSet& definitions)
    : table_(std::move(table)),
      first_program_year_(definitions.first_program_year),
      definitions_(definitions.ForQuestionnaire(table_->questionnaire())) {
  for (const PopulationDefinition& population : definitions.populations) {
    BindPopulation(population);
  }
  for (std::size_t i = 0; i < definitions_.size(); ++i) BindDefinition(i);
}

void RoundIndicators::BindPopulation(const PopulationDefinition& definition) {
  PopulationSet set;
  set.definition = definition;
  set.label = FillYears(definition.label, table_->header().fiscal_year, 0);
  set.members = Bitmap(table_->rows().size());
  set.undecided = set.members;
  const std::optional<CheckedExpression> predicate =
      BindTruth(definition.predicate, table_->questionnaire(),
                "populations." + definition.id, set.violations);
  if (predicate.has_value()) {
    set.reads_answers = !predicate->items().empty();
    for (std::size_t row = 0; row < table_->rows().size(); ++row) {
      if (table_->rows()[row].respondent.kind != definition.respondent) {
        continue;
      }
      switch (predicate->EvaluateTruth(RowOf(row))) {
        case Truth::kTrue:
          set.members.Set(row);
          break;
        case Truth::kUnknown:
          set.undecided.Set(row);
          break;
        case Truth::kFalse:
          break;
      }
    }
  }
  all_.insert(all_.end(), set.violations.begin(), set.violations.end());
  populations_.emplace(definition.id, std::move(set));
}

void RoundIndicators::BindDefinition(std::size_t index) {
  const Definition& definition = definitions_[index];
  const Questionnaire& questionnaire = table_->questionnaire();
  const std::string where = "indicators." + definition.id;
  Bound bound;
  bound.definition = index;
  const auto add = [&bound, &where](std::string_view reason,
                                    std::string description) {
    bound.violations.push_back(
        {where, std::string(reason), std::move(description)});
  };
  const auto population = populations_.find(definition.population);
  if (population == populations_.end()) {
    add("POPULATION",
        "There is no population `" + definition.population + "`.");
  } else {
    bound.population = &population->second;
    bound.digest = base::Sha256Hex(
        CanonicalText(definition, population->second.definition));
    if (!population->second.violations.empty()) {
      add("POPULATION_MISFIT", "The population `" + definition.population +
                                   "` cannot be evaluated over this codebook.");
    }
  }
  if (!definition.item.empty()) {
    bound.item = questionnaire.FindItem(definition.item);
    if (!bound.item.has_value()) {
      add("ITEM_UNKNOWN",
          "The codebook has no item `" + definition.item + "`.");
    } else {
      const Item& item = questionnaire.items()[*bound.item];
      const bool number = item.type == Item::Type::kInteger;
      if ((definition.measure == Measure::kDistribution) == number) {
        add("ITEM_TYPE",
            "The measure " + std::string(ToString(definition.measure)) +
                " does not go with the type of `" + definition.item + "`.");
      }
      if (bound.population != nullptr &&
          !item.Asks(bound.population->definition.respondent)) {
        add("RESPONDENT", "The item `" + definition.item +
                              "` is not asked of the population's kind.");
      }
    }
  }
  for (const CellDefinition& cell : definition.cells) {
    BoundCell one;
    const std::string place = where + "." + cell.key;
    if (!cell.condition.empty()) {
      one.condition =
          BindTruth(cell.condition, questionnaire, place, bound.violations);
      if (one.condition.has_value()) one.items = one.condition->items();
    }
    for (const std::string& name : cell.items) {
      const auto position = questionnaire.FindItem(name);
      if (!position.has_value()) {
        add("ITEM_UNKNOWN", "The codebook has no item `" + name + "`.");
      } else if (questionnaire.items()[*position].type == Item::Type::kTable) {
        add("ITEM_TYPE", "A table has no absence of its own: `" + name + "`.");
      } else {
        one.items.push_back(*position);
      }
    }
    if (!cell.within.empty()) {
      one.within =
          BindTruth(cell.within, questionnaire, place, bound.violations);
    }
    bound.cells.push_back(std::move(one));
  }
  all_.insert(all_.end(), bound.violations.begin(), bound.violations.end());
  bound_.emplace(definition.id, std::move(bound));
}

const RoundIndicators::Bound* RoundIndicators::FindBound(
    std::string_view id) const {
  const auto found = bound_.find(id);
  return found == bound_.end() ? nullptr : &found->second;
}

const Definition* RoundIndicators::FindDefinition(std::string_view id) const {
  const Bound* bound = FindBound(id);
  return bound == nullptr ? nullptr : &definitions_[bound->definition];
}

const PopulationSet* RoundIndicators::FindPopulation(
    std::string_view id) const {
  const auto found = populations_.find(id);
  return found == populations_.end() ? nullptr : &found->second;
}

bool RoundIndicators::IsComputable(std::string_view id) const {
  const Bound* bound = FindBound(id);
  return bound != nullptr && bound->violations.empty();
}

absl::StatusOr<Figures> RoundIndicators::ToFigures(
    const Bound& bound, const Sets& sets,
    const RegistryHistory* history) const {
  const Definition& definition = definitions_[bound.definition];
  const RoundHeader& header = table_->header();
  const PopulationSet& population = *bound.population;
  Figures figures;
  figures.indicator = definition.id;
  figures.measure = definition.measure;
  figures.fiscal_year = header.fiscal_year.value();
  figures.reference_year =
      figures.fiscal_year + definition.reference_year_offset;
  figures.label = FillYears(definition.label, header.fiscal_year,
                            definition.reference_year_offset);
  figures.population = population.definition.id;
  figures.population_label = population.label;
  figures.predicate = population.definition.predicate;
  figures.size = population.members.Count();
  figures.undecided = population.undecided.Count();
  figures.base = sets.base.Count();
  figures.answered = sets.answered.Count();
  for (const Absence kind : base::kAllAbsences) {
    const auto k = static_cast<std::size_t>(kind);
    figures.absences[k] = sets.absent[k].Count();
  }
  figures.multiple_answer = definition.multiple_answer;
  figures.unit = definition.unit;
  figures.definition_version = definition.version;
  figures.definition_digest = bound.digest;
  figures.registry_version = header.registry_version;
  figures.registry_incarnation = header.registry_incarnation;
  if (figures.registry_incarnation.empty() && history != nullptr &&
      definition.measure == Measure::kRegistrySeries) {
    figures.registry_incarnation = history->incarnation;
  }
  figures.round_revision = header.revision;
  figures.round_incarnation = header.incarnation;
  figures.codebook = table_->questionnaire().version();
  figures.basis = table_->basis();
  figures.synthetic = header.synthetic;
  for (const Sets::Cell& cell : sets.cells) {
    if (!cell.in.IsSubsetOf(cell.base) || !cell.base.IsSubsetOf(sets.base) ||
        !sets.base.IsSubsetOf(population.members)) {
      return FiguresInconsistent(definition.id,
                                 "cell, base and population are not nested");
    }
    FigureCell one;
    one.key = cell.key;
    one.label = cell.label;
    one.count = cell.in.Count();
    one.base = cell.base.Count();
    one.undecided = cell.undecided.Count();
    one.role = cell.role;
    // Where nothing is known of anybody, no share is known either.
    if (!cell.number && one.undecided < one.base) {
      one.percent = base::FormatPercent(one.count, one.base);
    }
    if (cell.value.has_value()) {
      one.value = Print(*cell.value);
      if (cell.quotient) {
        one.numerator = cell.value->numerator();
        one.denominator = cell.value->denominator();
      }
    }
    figures.cells.push_back(std::move(one));
  }
  SetFlags(figures);
  WELFARE_RETURN_IF_ERROR(VerifyFigures(figures, sets.partition));
  return figures;
}

absl::StatusOr<Figures> RoundIndicators::Compute(
    std::string_view id, const RegistryHistory* history) const {
  const Bound* bound = FindBound(id);
  if (bound == nullptr) return IndicatorNotFound(id);
  WELFARE_ASSIGN_OR_RETURN(const Sets sets, Resolve(*bound, history));
  return ToFigures(*bound, sets, history);
}

}  // namespace welfare::indicator
