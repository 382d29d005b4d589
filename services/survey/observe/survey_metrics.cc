#include "services/survey/observe/survey_metrics.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/survey/progress/progress.h"
#include "services/survey/round/opened_round.h"

namespace welfare::survey {

absl::Status SurveyMetrics::Count(StoreReader& store, PinnedContent& content,
                                  const base::RoundName& round) {
  WELFARE_ASSIGN_OR_RETURN(const std::optional<Round> found,
                           store.rounds().Find(round));
  OpenedRound opened{.round = {.name = round}};
  if (found) {
    WELFARE_ASSIGN_OR_RETURN(opened, content.Load(store, *found));
  }
  if (opened.frame == nullptr) {
    // One that was never opened is not shown; one that was opened and deleted
    // expects nobody.
    const std::lock_guard lock(mutex_);
    if (!shown_.contains(round)) return absl::OkStatus();
    opened.frame = std::make_shared<const Frame>();
  }
  WELFARE_ASSIGN_OR_RETURN(SubmissionCounts counts,
                           store.submissions().CountByState(round));
  for (const base::RespondentKind kind :
       {base::RespondentKind::kMunicipality, base::RespondentKind::kCouncil}) {
    const std::string kind_name(base::ToString(kind));
    metrics_
        .AddGauge("welfare_submissions_expected",
                  "Respondents in the round's population.",
                  {{"round", round.ToString()}, {"respondent_kind", kind_name}})
        .Set(CountExpected(*opened.frame, kind));
    for (const auto& [state, word] : vocabulary::kSubmissionStates) {
      metrics_
          .AddGauge("welfare_submissions", "Submissions by state.",
                    {{"round", round.ToString()},
                     {"respondent_kind", kind_name},
                     {"state", std::string(word)}})
          .Set(counts[std::pair(kind, state)]);
    }
  }
  const std::lock_guard lock(mutex_);
  shown_.insert(round);
  return absl::OkStatus();
}

}  // namespace welfare::survey
