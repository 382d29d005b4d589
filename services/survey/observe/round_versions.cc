#include "services/survey/observe/round_versions.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/time/call_limits.h"
#include "services/platform/observe/log.h"

namespace welfare::survey {
namespace {

// Of one look at the revisions of all rounds.
constexpr std::chrono::seconds kLookTimeout{5};
// A round that changes all the time is counted no more often: it is as long as
// the feed waits between two looks of its own.
constexpr std::chrono::seconds kBetweenCounts{1};

}  // namespace

absl::StatusOr<platform::VersionFeed::Versions> RoundVersions::Read(
    std::stop_token stop) {
  base::CallLimits limits = base::CallLimits::After(kLookTimeout);
  limits.stop = std::move(stop);
  const auto now = std::chrono::steady_clock::now();
  platform::VersionFeed::Versions versions;
  std::vector<base::RoundName> changed;
  WELFARE_RETURN_IF_ERROR(
      store_.Read(limits, [&](StoreReader& store) -> absl::Status {
        versions.clear();
        changed.clear();
        WELFARE_ASSIGN_OR_RETURN(const auto revisions,
                                 store.rounds().ListRevisions());
        for (const auto& [round, revision] : revisions) {
          const std::string resource = round.ToString();
          versions[resource] = revision;
          const auto before = counted_.find(resource);
          if (before == counted_.end() ||
              (before->second.revision < revision &&
               now - before->second.time >= kBetweenCounts)) {
            changed.push_back(round);
          }
        }
        return absl::OkStatus();
      }));
  for (const base::RoundName& round : changed) {
    const absl::Status counted = store_.Read(limits, [&](StoreReader& store) {
      return metrics_.Count(store, content_, round);
    });
    if (counted.ok()) {
      counted_[round.ToString()] = {.revision = versions[round.ToString()],
                                    .time = now};
    } else {
      platform::LogStatus(platform::LogLevel::kWarning,
                          "a round was not counted", counted);
    }
  }
  return versions;
}

void RoundVersions::Announce(const base::RoundName& round,
                             std::int64_t revision) {
  if (revision > 0) feed_.Publish(round.ToString(), revision);
  feed_.LookSoon();
}

}  // namespace welfare::survey
