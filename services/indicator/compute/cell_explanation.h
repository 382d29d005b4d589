// Who is behind a cell, in words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/indicator/figures/figure_sets.h"
#include "services/indicator/measures/measure_method.h"
#include "services/indicator/round/table_row.h"

namespace welfare::indicator {

// One respondent's part in a cell.
struct CellExplanation {
  std::size_t row = 0;  // of the frame
  bool in = false;
  bool in_base = false;
  std::string reason;  // the answer in words, the absence, or the predicate
};

// Returns every member of the population in code order, and every respondent
// whom the predicate left undecided, with their part in `cell`: a key of
// `sets`, which are those of `bound`, or the name of an absence kind.
//
// Errors:
//   INVALID_ARGUMENT, reason CELL_UNKNOWN.
absl::StatusOr<std::vector<CellExplanation>> ExplainCell(
    const BoundIndicator& bound, const RoundView& round, const FigureSets& sets,
    std::string_view cell);

}  // namespace welfare::indicator
