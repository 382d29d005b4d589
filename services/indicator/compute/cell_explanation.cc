#include "services/indicator/compute/cell_explanation.h"

#include <optional>
#include <utility>

#include "services/indicator/errors.h"
#include "services/indicator/measures/measures.h"

namespace welfare::indicator {

absl::StatusOr<std::vector<CellExplanation>> ExplainCell(
    const BoundIndicator& bound, const RoundView& round, const FigureSets& sets,
    std::string_view cell) {
  const Bitmap* in = nullptr;
  const Bitmap* base = &sets.base;
  std::optional<std::size_t> position;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < sets.cells.size(); ++i) {
    keys.push_back(sets.cells[i].key);
    if (sets.cells[i].key != cell) continue;
    position = i;
    in = &sets.cells[i].in;
    base = &sets.cells[i].base;
  }
  for (const base::Absence kind : base::kAllAbsences) {
    keys.emplace_back(base::ToString(kind));
    if (cell == base::ToString(kind)) in = &sets.Absent(kind);
  }
  if (in == nullptr) return CellUnknown(bound.definition->id, cell, keys);

  const MeasureMethod& method = MethodOf(bound.definition->measure);
  const PopulationSet& population = *bound.population;
  std::vector<CellExplanation> explanations;
  for (std::size_t row = 0; row < round.table.rows().size(); ++row) {
    const bool member = population.members.Test(row);
    if (!member && !population.undecided.Test(row)) continue;
    CellExplanation explanation;
    explanation.row = row;
    explanation.in = in->Test(row);
    explanation.in_base = base->Test(row);
    explanation.reason =
        member ? method.Reason(bound, round, sets, row, position)
               : "population UNKNOWN: " + population.definition.predicate;
    explanations.push_back(std::move(explanation));
  }
  return explanations;
}

}  // namespace welfare::indicator
