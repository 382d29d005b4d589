#include "services/indicator/compute/counted_figures.h"

#include <string>
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/base/numbers/rational.h"
#include "services/indicator/errors.h"
#include "services/indicator/questionnaire/labels.h"

namespace welfare::indicator {
namespace {

// A number in print: an integer, else with one decimal, half up.
std::string Print(const base::Rational& number) {
  return number.is_integer() ? number.ToString() : number.ToDecimal(1);
}

FigureCell CountCell(const FigureSets::Cell& cell) {
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
  return one;
}

// What is computed, of whom, and from which versions.
Figures Describe(const BoundIndicator& bound, const RoundTable& table,
                 const RegistryHistory* history) {
  const Definition& definition = *bound.definition;
  const PopulationSet& population = *bound.population;
  const RoundHeader& header = table.header();
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
  figures.codebook = table.questionnaire().version();
  figures.basis = table.basis();
  figures.synthetic = header.synthetic;
  return figures;
}

}  // namespace

absl::StatusOr<Figures> CountFigures(const BoundIndicator& bound,
                                     const RoundTable& table,
                                     const FigureSets& sets,
                                     const RegistryHistory* history) {
  const PopulationSet& population = *bound.population;
  Figures figures = Describe(bound, table, history);
  figures.size = population.members.Count();
  figures.undecided = population.undecided.Count();
  figures.base = sets.base.Count();
  figures.answered = sets.answered.Count();
  for (const base::Absence kind : base::kAllAbsences) {
    figures.absences[static_cast<std::size_t>(kind)] =
        sets.Absent(kind).Count();
  }
  for (const FigureSets::Cell& cell : sets.cells) {
    if (!cell.in.IsSubsetOf(cell.base) || !cell.base.IsSubsetOf(sets.base) ||
        !sets.base.IsSubsetOf(population.members)) {
      return FiguresInconsistent(bound.definition->id,
                                 "cell, base and population are not nested");
    }
    figures.cells.push_back(CountCell(cell));
  }
  SetFlags(figures);
  WELFARE_RETURN_IF_ERROR(VerifyFigures(figures, sets.partition));
  return figures;
}

}  // namespace welfare::indicator
