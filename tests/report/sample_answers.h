// Answers of single respondents, for tests of feedback sheets.
#pragma once

#include "services/report/snapshot/answers.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Five municipalities and their councils over SmallSnapshot: the first answers
// all, the second is not asked some, the last has not answered. Both years.
FeedbackContent SmallFeedback();

// Every question of SmallFeedback, declared the same since 2024.
Comparabilities SmallComparability();

// Every question of the questionnaire in services/survey/data, asked of 62
// municipalities and 62 councils, with made-up answers; both years. For tests of
// whole sheets, and to look at.
FeedbackContent QuestionnaireFeedback();

}  // namespace welfare::report
