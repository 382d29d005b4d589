#include "services/survey/round/opened_round.h"

namespace welfare::survey {

base::SubmissionName OpenedRound::Resolve(
    const base::SubmissionName& sent) const {
  base::SubmissionName name = sent;
  if (frame == nullptr) return name;
  if (const auto row = frame->Resolve(sent.respondent)) {
    name.respondent = frame->row(*row).respondent;
  }
  return name;
}

}  // namespace welfare::survey
