// From the rows behind a value to its figures.
#pragma once

#include "absl/status/statusor.h"

#include "services/indicator/figures/figure_sets.h"
#include "services/indicator/figures/figures.h"
#include "services/indicator/measures/measure_method.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator {

// Counts `sets`, which are those of `bound` over `table`, and verifies what
// comes out. `history` may be null.
//
// Errors:
//   INTERNAL, reason FIGURES_INCONSISTENT: see VerifyFigures.
absl::StatusOr<Figures> CountFigures(const BoundIndicator& bound,
                                     const RoundTable& table,
                                     const FigureSets& sets,
                                     const RegistryHistory* history);

}  // namespace welfare::indicator
