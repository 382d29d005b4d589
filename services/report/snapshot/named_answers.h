// Which answers stakeholders are shown by name.
#pragma once

#include <functional>
#include <vector>

#include "services/report/snapshot/answers.h"
#include "services/report/snapshot/audience.h"

namespace welfare::report {

// Whether the level of a question lets respondents see what others answered.
bool ShowsOthers(PublishLevel level);

// Returns what is known by name of the questions whose level shows respondents
// what others answered, in the order of the questionnaire, of municipalities
// before councils; of the others nothing. Who does not count is not named.
std::vector<NamedQuestion> NamedAnswersOf(const RoundAnswers& round);

}  // namespace welfare::report
