#include "services/registry/program/status_rules.h"

#include "services/registry/errors.h"
#include "services/registry/faults.h"

namespace welfare::registry {

bool IsLawfulTransition(std::optional<Implementing> previous,
                        std::optional<Implementing> next) {
  if (next == Implementing::kNo) return previous != Implementing::kYes;
  if (next == Implementing::kEnded) return previous != Implementing::kNo;
  return true;
}

absl::Status CheckFacts(const StatusFacts& facts) {
  if (facts.implementing == Implementing::kYes &&
      facts.preparation == Preparation::kYes) {
    return PreparationWhileImplementing();
  }
  return absl::OkStatus();
}

absl::StatusOr<StatusDecision> DecideStatus(
    const StatusSurroundings& surroundings, const StatusProposal& proposal) {
  const std::optional<YearFacts>& same = surroundings.same;
  if (same.has_value() && same->facts == proposal.facts &&
      ((proposal.note.empty() && !proposal.takes_note_back) ||
       proposal.note == same->note)) {
    return StatusDecision{StatusDecision::Outcome::kUnchanged, false};
  }
  const bool justified = proposal.correction && !proposal.reason.empty();
  if (same.has_value()) {
    if (!justified) {
      return CorrectionReasonRequired(proposal.fiscal_year,
                                      FileWord(same->facts.implementing),
                                      FileWord(same->facts.preparation));
    }
    return StatusDecision{StatusDecision::Outcome::kUpdated, true};
  }
  const std::optional<Implementing> next = proposal.facts.implementing;
  const std::optional<YearFacts>& before = surroundings.before;
  const std::optional<YearFacts>& after = surroundings.after;
  const bool breaks_before =
      before.has_value() &&
      !IsLawfulTransition(before->facts.implementing, next);
  const bool breaks_after =
      after.has_value() && !IsLawfulTransition(next, after->facts.implementing);
  if (!breaks_before && !breaks_after) {
    return StatusDecision{StatusDecision::Outcome::kCreated, false};
  }
  if (!justified) {
    if (breaks_before) {
      return TransitionUnlawful(before->fiscal_year,
                                FileWord(before->facts.implementing),
                                proposal.fiscal_year, FileWord(next));
    }
    return TransitionUnlawful(proposal.fiscal_year, FileWord(next),
                              after->fiscal_year,
                              FileWord(after->facts.implementing));
  }
  return StatusDecision{StatusDecision::Outcome::kCreated, true};
}

}  // namespace welfare::registry
