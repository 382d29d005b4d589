// The two ends of a plan in its transaction: the state that it decides on, and
// the writing of what it decided.
#pragma once

#include <span>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/survey/round/life_cycle.h"
#include "services/survey/round/round.h"
#include "services/survey/store/round_store.h"
#include "services/survey/store/submission_store.h"
#include "services/survey/submission/intake.h"
#include "services/survey/submission/plain_answers.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// Reads what intake decides on; the contact only where the call sends one.
absl::StatusOr<Standing> ReadStanding(SubmissionReader& submissions,
                                      const base::SubmissionName& name,
                                      const SubmissionInput& input = {});

// Writes a decision and returns the submission with its revisions.
absl::StatusOr<Submission> Apply(SubmissionWriter& submissions,
                                 PlannedChange change);

// Plain answers as they are stored. They are made before the transaction that
// stores them, since everybody waits for it.
using StoredPlain = std::unordered_map<const PlainAnswers*, std::string>;

// Writes decisions on one round, each on another respondent. REQUIRES: `stored`
// has the answers of every decision where they stand beside it.
absl::Status ApplyAll(SubmissionWriter& submissions,
                      const base::RoundName& round,
                      std::span<const PlannedChange> changes,
                      const StoredPlain& stored);

// Writes a decision, with the population that it freezes, and returns the round
// with its revision.
absl::StatusOr<Round> Apply(RoundWriter& rounds, const PlannedRound& change);

}  // namespace welfare::survey
