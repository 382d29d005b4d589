// What is wrong with the items of a questionnaire, their conditions aside.
#pragma once

#include <span>

#include "services/survey/codebook/item.h"
#include "services/survey/codebook/problem_list.h"

namespace welfare::survey {

// Checks each item by itself and that ids are unique; adds
//   SHEET_EMPTY, NAME_INVALID, NAME_DUPLICATE, RESPONDENT_MISSING,
//   LABEL_MISSING, LABEL_PLACEHOLDER, LIST_EMPTY, OPTION_INVALID,
//   OPTION_DUPLICATE, TOO_MANY_OPTIONS, ABSENCE_NOT_SENDABLE,
//   REFERENCE_YEAR_OFFSET, PAIR_CONCEPT_INVALID.
void CheckItems(std::span<const Item> items, ProblemList& problems);

// A population id stands for one set: the same respondent kind under the same
// condition. Sizes and years have no place in it. Adds POPULATION_INVALID and
// POPULATION_CONTRADICTS.
//
// REQUIRES: conditions are joined with those of their sections.
void CheckPopulations(std::span<const Item> items, ProblemList& problems);

}  // namespace welfare::survey
