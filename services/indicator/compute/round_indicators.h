// Every indicator of a survey bound to one round: computed and explained.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/indicator/compute/cell_explanation.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/figures/figure_sets.h"
#include "services/indicator/figures/figures.h"
#include "services/indicator/figures/population_set.h"
#include "services/indicator/measures/measure_method.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"
#include "services/indicator/round/table_row.h"

namespace welfare::indicator {

// The figures of a value and who is behind one of its cells.
struct ExplainedCell {
  Figures figures;
  std::vector<CellExplanation> explanations;  // see ExplainCell
};

// Definitions are checked against the round's questionnaire once, in the
// constructor; populations are evaluated there too. Immutable; any thread may
// read it.
class RoundIndicators {
 public:
  RoundIndicators(std::shared_ptr<const RoundTable> table,
                  const DefinitionSet& definitions);
  RoundIndicators(const RoundIndicators&) = delete;
  RoundIndicators& operator=(const RoundIndicators&) = delete;

  const RoundTable& table() const { return *table_; }
  // In the order of the questionnaire; see DefinitionSet::ForQuestionnaire.
  const std::vector<Definition>& definitions() const { return definitions_; }
  // Returns the definition, or null.
  const Definition* FindDefinition(std::string_view id) const;
  // Returns the population, or null.
  const PopulationSet* FindPopulation(std::string_view id) const;

  // Every violation of every definition against the round, at once. Fields
  // begin with `populations.ID` or `indicators.ID`.
  const std::vector<base::Violation>& violations() const { return all_; }
  // Returns whether the round's questionnaire carries what the indicator
  // reads. REQUIRES: FindDefinition(id).
  bool IsComputable(std::string_view id) const;

  // Computes one indicator. `history` is needed by REGISTRY_SERIES only and
  // may be null otherwise.
  //
  // Errors:
  //   NOT_FOUND, reason INDICATOR_NOT_FOUND.
  //   FAILED_PRECONDITION, reason ITEM_NOT_IN_ROUND: see IsComputable.
  //   INTERNAL, reason FIGURES_INCONSISTENT: see VerifyFigures.
  absl::StatusOr<Figures> Compute(std::string_view id,
                                  const RegistryHistory* history) const;

  // Names the respondents behind a cell. `cell` is a key of the value, or the
  // name of an absence kind (`NOT_COUNTED`).
  //
  // Errors: as Compute, and
  //   INVALID_ARGUMENT, reason CELL_UNKNOWN.
  absl::StatusOr<ExplainedCell> Explain(std::string_view id,
                                        std::string_view cell,
                                        const RegistryHistory* history) const;

 private:
  RoundView view() const { return {*table_, first_program_year_}; }
  BoundIndicator Bind(const Definition& definition) const;
  const BoundIndicator* FindBound(std::string_view id) const;
  // Errors: as Compute.
  absl::StatusOr<FigureSets> Resolve(const BoundIndicator& bound,
                                     const RegistryHistory* history) const;

  std::shared_ptr<const RoundTable> table_;
  std::optional<int> first_program_year_;
  // Never changed once the constructor has bound them: what is bound points
  // here.
  std::vector<Definition> definitions_;
  std::map<std::string, PopulationSet, std::less<>> populations_;
  std::map<std::string, BoundIndicator, std::less<>> bound_;
  std::vector<base::Violation> all_;
};

}  // namespace welfare::indicator
