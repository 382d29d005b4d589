#include "services/survey/store/apply.h"

#include <utility>
#include <vector>

#include "services/base/error.h"

namespace welfare::survey {

absl::StatusOr<Standing> ReadStanding(SubmissionReader& submissions,
                                      const base::SubmissionName& name,
                                      const SubmissionInput& input) {
  Standing standing;
  WELFARE_ASSIGN_OR_RETURN(standing.submission, submissions.Find(name));
  if (standing.submission &&
      standing.submission->state == SubmissionState::kReturned) {
    WELFARE_ASSIGN_OR_RETURN(standing.return_reason,
                             submissions.FindReturnReason(name));
  }
  if (input.sends_contact()) {
    WELFARE_ASSIGN_OR_RETURN(standing.contact, submissions.FindContact(name));
  }
  return standing;
}

absl::StatusOr<Submission> Apply(SubmissionWriter& submissions,
                                 PlannedChange change) {
  Submission result = std::move(change.submission);
  if (change.changed) {
    WELFARE_ASSIGN_OR_RETURN(result, submissions.Append(std::move(result)));
  }
  if (change.contact) {
    WELFARE_RETURN_IF_ERROR(
        submissions.StoreContact(result.name, *change.contact));
  }
  return result;
}

absl::Status ApplyAll(SubmissionWriter& submissions,
                      const base::RoundName& round,
                      std::span<const PlannedChange> changes,
                      const StoredPlain& stored) {
  std::vector<SubmissionWriter::Revision> revisions;
  revisions.reserve(changes.size());
  for (const PlannedChange& change : changes) {
    if (!change.changed) continue;
    revisions.push_back(
        {.submission = &change.submission,
         .answers = change.plain ? &stored.at(change.plain) : nullptr});
  }
  WELFARE_RETURN_IF_ERROR(submissions.AppendAll(round, revisions));
  for (const PlannedChange& change : changes) {
    if (!change.contact) continue;
    WELFARE_RETURN_IF_ERROR(
        submissions.StoreContact(change.submission.name, *change.contact));
  }
  return absl::OkStatus();
}

absl::StatusOr<Round> Apply(RoundWriter& rounds, const PlannedRound& change) {
  if (!change.changed) return change.round;
  WELFARE_ASSIGN_OR_RETURN(const Round round, rounds.Append(change.round));
  if (change.population) {
    WELFARE_RETURN_IF_ERROR(rounds.StoreFrame(round, *change.population));
  }
  return round;
}

}  // namespace welfare::survey
