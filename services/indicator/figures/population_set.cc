#include "services/indicator/figures/population_set.h"

#include <cstddef>
#include <optional>

#include "services/indicator/definition/bound_truth.h"
#include "services/indicator/questionnaire/labels.h"

namespace welfare::indicator {

PopulationSet FindMembers(const PopulationDefinition& definition,
                          const RoundView& round) {
  const std::vector<FrameRow>& rows = round.table.rows();
  PopulationSet set;
  set.definition = definition;
  set.label = FillYears(definition.label, round.table.header().fiscal_year, 0);
  set.members = Bitmap(rows.size());
  set.undecided = set.members;
  const std::optional<base::CheckedExpression> predicate =
      BindTruth(definition.predicate, round.table.questionnaire(),
                "populations." + definition.id, set.violations);
  if (!predicate.has_value()) return set;
  set.reads_answers = !predicate->items().empty();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].respondent.kind != definition.respondent) continue;
    switch (predicate->EvaluateTruth(round.RowOf(row))) {
      case base::Truth::kTrue:
        set.members.Set(row);
        break;
      case base::Truth::kUnknown:
        set.undecided.Set(row);
        break;
      case base::Truth::kFalse:
        break;
    }
  }
  return set;
}

}  // namespace welfare::indicator
