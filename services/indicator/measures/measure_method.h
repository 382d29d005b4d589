// How an indicator is computed and explained: one method for each measure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "services/base/error.h"
#include "services/base/expression/expression.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/figures/figure_sets.h"
#include "services/indicator/figures/population_set.h"
#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/table_row.h"

namespace welfare::indicator {

// A definition bound to one round: its names are positions, its expressions
// checked. `definition` and `population` outlive it.
struct BoundIndicator {
  struct Cell {
    std::optional<base::CheckedExpression> condition;
    std::optional<base::CheckedExpression> within;
    std::vector<std::size_t> items;  // read by `condition`, or of an absence
  };

  const Definition* definition = nullptr;
  const PopulationSet* population = nullptr;  // null: there is no such
  std::optional<std::size_t> item;
  std::vector<Cell> cells;
  std::string digest;
  // Why it cannot be computed over this round; empty when it can.
  std::vector<base::Violation> violations;

  std::string Where() const { return "indicators." + definition->id; }
};

// One measure. Stateless: any thread may call it. Each stands in a file of its
// own, from what it asks of a definition to the words of its explanation; it
// works on whole columns, so that nothing here is called for a row but Reason.
class MeasureMethod {
 public:
  MeasureMethod() = default;
  MeasureMethod(const MeasureMethod&) = delete;
  MeasureMethod& operator=(const MeasureMethod&) = delete;
  virtual ~MeasureMethod() = default;

  // Finds in `questionnaire` what the definition reads; what is not there
  // becomes a violation.
  virtual void Bind(const Questionnaire& questionnaire,
                    BoundIndicator& bound) const = 0;

  // Finds the rows of the base, of the absences and of each cell.
  // REQUIRES: `bound` has no violations; `sets` is empty, of the round's size.
  //
  // Errors:
  //   INTERNAL, reason FIGURES_INCONSISTENT: a REGISTRY_SERIES without
  //     `history`.
  virtual absl::Status Resolve(const BoundIndicator& bound,
                               const RoundView& round,
                               const RegistryHistory* history,
                               FigureSets& sets) const = 0;

  // Returns in words why `row`, a member of the population, is in the cell or
  // not; without a `cell`, of an absence.
  virtual std::string Reason(const BoundIndicator& bound,
                             const RoundView& round, const FigureSets& sets,
                             std::size_t row,
                             std::optional<std::size_t> cell) const = 0;
};

}  // namespace welfare::indicator
