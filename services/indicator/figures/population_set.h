// A population over one round.
#pragma once

#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/round/bitmap.h"
#include "services/indicator/round/table_row.h"

namespace welfare::indicator {

// A population as a set of rows.
struct PopulationSet {
  PopulationDefinition definition;
  std::string label;  // years filled in
  Bitmap members;
  Bitmap undecided;  // rows of its kind whose predicate is UNKNOWN
  // Whether the predicate reads answers; false: registry facts alone.
  bool reads_answers = false;
  // Why it cannot be evaluated over this round; empty when it can.
  std::vector<base::Violation> violations;
};

// Returns who is in the population. Fields of violations are `populations.ID`.
PopulationSet FindMembers(const PopulationDefinition& definition,
                          const RoundView& round);

}  // namespace welfare::indicator
