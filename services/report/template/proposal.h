// The smallest change that makes a template fit a questionnaire.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/report/template/fit.h"

namespace welfare::report {

struct Proposal {
  std::string words;     // one English sentence
  std::string words_ja;  // the same in Japanese
};

// Returns the change of one word that mends `misfit`: the nearest name that
// there is, or the form that the measure has; where nothing is near, that the
// place is left out.
Proposal Propose(const Misfit& misfit, const IndicatorShapes& shapes);

// Returns the one of `known` that differs least from `name`, by letters left
// out, put in or changed, one in three of them at most; of several the first.
// Empty where none is as near.
std::string NearestName(std::string_view name,
                        const std::vector<std::string>& known);

}  // namespace welfare::report
