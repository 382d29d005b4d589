#include "services/survey/progress/progress.h"

#include <algorithm>
#include <cstddef>

namespace welfare::survey {

std::vector<ProgressGroup> ComputeProgress(
    const Round& round, const Frame& frame,
    std::span<const Submission> submissions) {
  std::vector<ProgressGroup> groups(4);
  const auto group_of = [&](const FrameRow& row) -> ProgressGroup& {
    const bool implementing =
        row.Fact(base::RegistryFact::kImplementing,
                 round.name.fiscal_year.value()) == base::Truth::kTrue;
    const bool council = row.respondent.kind == base::RespondentKind::kCouncil;
    return groups[(council ? 2U : 0U) + (implementing ? 0U : 1U)];
  };
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g].kind = g < 2 ? base::RespondentKind::kMunicipality
                           : base::RespondentKind::kCouncil;
    groups[g].implementing = g % 2 == 0;
  }
  for (const FrameRow& row : frame.rows()) ++group_of(row).expected;
  for (const Submission& submission : submissions) {
    const auto index = frame.Find(submission.name.respondent);
    if (!index) continue;
    ProgressGroup& group = group_of(frame.row(*index));
    if (!IsReceived(submission.state)) {
      ++group.draft;
      continue;
    }
    ++group.received;
    if (submission.received_on && IsOnTime(round, *submission.received_on)) {
      ++group.on_time;
    }
    if (submission.state != SubmissionState::kSubmitted) ++group.accepted;
  }
  return groups;
}

int CountAll(const SubmissionCounts& counts) {
  int all = 0;
  for (const auto& [key, count] : counts) all += count;
  return all;
}

int CountExpected(const Frame& frame, base::RespondentKind kind) {
  return static_cast<int>(std::count_if(
      frame.rows().begin(), frame.rows().end(),
      [&](const FrameRow& row) { return row.respondent.kind == kind; }));
}

}  // namespace welfare::survey
