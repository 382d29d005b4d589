#include "services/registry/store/history_writer.h"

#include <chrono>
#include <utility>

#include "services/base/error.h"
#include "services/platform/observe/log.h"

namespace welfare::registry {
namespace {

// How long a stored write may be held back to be shown.
constexpr std::chrono::seconds kShowTimeout{1};

}  // namespace

absl::StatusOr<platform::WritePath::Outcome> HistoryWriter::Run(
    const platform::WriteRequest& request, bool validate_only,
    const PlanWrite& plan) {
  const HistoryPtr head = live_.Head();
  if (validate_only) {
    // Version 0: nothing is made.
    WELFARE_ASSIGN_OR_RETURN(
        WritePlan planned,
        plan({.current = *head, .version = 0, .recorded_time = clock_.Now()}));
    return platform::WritePath::Outcome{.reply = std::move(planned.reply)};
  }
  auto outcome = store_.Write(request, *head, plan);
  if (!outcome.ok()) return outcome;
  // The change is stored whatever happens now, and whoever called: readers that
  // do not see it yet will within a second, when the feed looks again.
  const absl::Status seen =
      live_.CatchUp(base::CallLimits::After(kShowTimeout));
  if (!seen.ok()) {
    platform::LogStatus(platform::LogLevel::kWarning,
                        "a stored change is not shown yet", seen);
  }
  return outcome;
}

}  // namespace welfare::registry
