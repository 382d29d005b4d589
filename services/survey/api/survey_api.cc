#include "services/survey/api/survey_api.h"

#include "services/base/error.h"
#include "services/platform/observe/log.h"
#include "services/platform/storage/database.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"

namespace welfare::survey {

absl::Status SurveyApi::CatchUp() {
  const VersionFeed::Versions known = d_.feed.Current();
  const StoreLimits limits{.deadline = platform::CallLimits::After(
                                           platform::Database::kDefaultTimeout)
                                           .deadline,
                           .stop = {}};
  return d_.store.Read(limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto revisions, store.ListRevisions());
    // Followers first; what is counted may fail.
    for (const auto& [round, revision] : revisions) {
      d_.feed.Publish(round.ToString(), revision);
    }
    for (const auto& [round, revision] : revisions) {
      const auto before = known.find(round.ToString());
      if (before != known.end() && before->second >= revision) continue;
      WELFARE_RETURN_IF_ERROR(d_.metrics.Count(store, d_.content, round));
    }
    return absl::OkStatus();
  });
}

void SurveyApi::Announce(const Call& call, const base::RoundName& round) {
  // The change is committed: what follows must not fail the call.
  const absl::Status status =
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(const auto current, store.FindRound(round));
        if (!current) return RoundNotFound(round);
        d_.feed.Publish(round.ToString(), current->revision);
        return d_.metrics.Count(store, d_.content, round);
      });
  if (!status.ok()) {
    platform::LogStatus(platform::LogLevel::kWarning,
                        "a new revision was not announced", status);
  }
}

}  // namespace welfare::survey
