// How far a round has come: who of its population has answered.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "services/base/names/respondent.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/round.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// How many respondents of one group did what.
struct ProgressGroup {
  base::RespondentKind kind = base::RespondentKind::kMunicipality;
  bool implementing = false;  // in the round's year; not known counts as not
  int expected = 0;
  int received = 0;
  int on_time = 0;
  int accepted = 0;
  int draft = 0;  // only a draft, or returned
};

// Counts `submissions` (at most one per respondent) against the frame:
// municipalities first, implementing first. Always four groups.
std::vector<ProgressGroup> ComputeProgress(
    const Round& round, const Frame& frame,
    std::span<const Submission> submissions);

// Number of submissions by kind and state.
using SubmissionCounts =
    std::map<std::pair<base::RespondentKind, SubmissionState>, int>;

// Returns how many submissions there are in all.
int CountAll(const SubmissionCounts& counts);

// Returns how many respondents of `kind` the population has.
int CountExpected(const Frame& frame, base::RespondentKind kind);

}  // namespace welfare::survey
