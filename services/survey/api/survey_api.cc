#include "services/survey/api/survey_api.h"

#include <functional>

#include <chrono>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/observe/log.h"
#include "services/survey/api/requests.h"

namespace welfare::survey {
namespace {

// Of one look at the revisions of all rounds.
constexpr std::chrono::seconds kLookTimeout{5};

}  // namespace

absl::StatusOr<platform::VersionFeed::Versions> SurveyApi::ReadVersions(
    std::stop_token stop) {
  const StoreLimits limits{
      .deadline = platform::CallLimits::After(kLookTimeout).deadline,
      .stop = std::move(stop)};
  platform::VersionFeed::Versions versions;
  std::vector<base::RoundName> changed;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(limits, [&](StoreReader& store) -> absl::Status {
        versions.clear();
        changed.clear();
        WELFARE_ASSIGN_OR_RETURN(const auto revisions, store.ListRevisions());
        for (const auto& [round, revision] : revisions) {
          const std::string resource = round.ToString();
          versions[resource] = revision;
          const auto before = counted_.find(resource);
          if (before == counted_.end() || before->second < revision) {
            changed.push_back(round);
          }
        }
        return absl::OkStatus();
      }));
  for (const base::RoundName& round : changed) {
    const absl::Status counted = d_.store.Read(limits, [&](StoreReader& store) {
      return d_.metrics.Count(store, d_.content, round);
    });
    if (counted.ok()) {
      counted_[round.ToString()] = versions[round.ToString()];
    } else {
      platform::LogStatus(platform::LogLevel::kWarning,
                          "a round was not counted", counted);
    }
  }
  return versions;
}

void SurveyApi::Announce(const base::RoundName& round, std::int64_t revision) {
  if (revision > 0) d_.feed.Publish(round.ToString(), revision);
  d_.feed.LookSoon();
}

RoundColumnsStream SurveyApi::StreamRoundColumns() {
  return {columns_, std::bind_front(&SurveyApi::CheckStore, this)};
}

RoundChangesStream SurveyApi::StreamRoundChanges(
    const v1::StreamRoundChangesRequest& request) {
  return {d_.store, request.after_revision(),
          std::bind_front(&SurveyApi::CheckStore, this)};
}

}  // namespace welfare::survey
