#include "services/indicator/compute/round_indicators.h"

#include <utility>

#include "services/base/coding/sha256.h"
#include "services/indicator/compute/counted_figures.h"
#include "services/indicator/errors.h"
#include "services/indicator/measures/measures.h"

namespace welfare::indicator {

RoundIndicators::RoundIndicators(std::shared_ptr<const RoundTable> table,
                                 const DefinitionSet& definitions)
    : table_(std::move(table)),
      first_program_year_(definitions.first_program_year),
      definitions_(definitions.ForQuestionnaire(table_->questionnaire())) {
  for (const PopulationDefinition& population : definitions.populations) {
    PopulationSet set = FindMembers(population, view());
    all_.insert(all_.end(), set.violations.begin(), set.violations.end());
    populations_.emplace(population.id, std::move(set));
  }
  for (const Definition& definition : definitions_) {
    BoundIndicator bound = Bind(definition);
    all_.insert(all_.end(), bound.violations.begin(), bound.violations.end());
    bound_.emplace(definition.id, std::move(bound));
  }
}

BoundIndicator RoundIndicators::Bind(const Definition& definition) const {
  BoundIndicator bound;
  bound.definition = &definition;
  bound.population = FindPopulation(definition.population);
  if (bound.population == nullptr) {
    bound.violations.push_back(
        PopulationUnknown(bound.Where(), definition.population));
  } else {
    bound.digest = base::Sha256Hex(
        CanonicalText(definition, bound.population->definition));
    if (!bound.population->violations.empty()) {
      bound.violations.push_back(
          PopulationMisfit(bound.Where(), definition.population));
    }
  }
  MethodOf(definition.measure).Bind(table_->questionnaire(), bound);
  return bound;
}

const BoundIndicator* RoundIndicators::FindBound(std::string_view id) const {
  const auto found = bound_.find(id);
  return found == bound_.end() ? nullptr : &found->second;
}

const Definition* RoundIndicators::FindDefinition(std::string_view id) const {
  const BoundIndicator* bound = FindBound(id);
  return bound == nullptr ? nullptr : bound->definition;
}

const PopulationSet* RoundIndicators::FindPopulation(
    std::string_view id) const {
  const auto found = populations_.find(id);
  return found == populations_.end() ? nullptr : &found->second;
}

bool RoundIndicators::IsComputable(std::string_view id) const {
  const BoundIndicator* bound = FindBound(id);
  return bound != nullptr && bound->violations.empty();
}

absl::StatusOr<FigureSets> RoundIndicators::Resolve(
    const BoundIndicator& bound, const RegistryHistory* history) const {
  if (!bound.violations.empty()) {
    return ItemNotInRound(bound.definition->id, bound.violations);
  }
  FigureSets sets(table_->rows().size());
  WELFARE_RETURN_IF_ERROR(MethodOf(bound.definition->measure)
                              .Resolve(bound, view(), history, sets));
  return sets;
}

absl::StatusOr<Figures> RoundIndicators::Compute(
    std::string_view id, const RegistryHistory* history) const {
  const BoundIndicator* bound = FindBound(id);
  if (bound == nullptr) return IndicatorNotFound(id);
  WELFARE_ASSIGN_OR_RETURN(const FigureSets sets, Resolve(*bound, history));
  return CountFigures(*bound, *table_, sets, history);
}

absl::StatusOr<ExplainedCell> RoundIndicators::Explain(
    std::string_view id, std::string_view cell,
    const RegistryHistory* history) const {
  const BoundIndicator* bound = FindBound(id);
  if (bound == nullptr) return IndicatorNotFound(id);
  WELFARE_ASSIGN_OR_RETURN(const FigureSets sets, Resolve(*bound, history));
  ExplainedCell explained;
  WELFARE_ASSIGN_OR_RETURN(explained.figures,
                           CountFigures(*bound, *table_, sets, history));
  WELFARE_ASSIGN_OR_RETURN(explained.explanations,
                           ExplainCell(*bound, view(), sets, cell));
  return explained;
}

}  // namespace welfare::indicator
