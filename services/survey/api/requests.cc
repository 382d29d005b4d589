#include "services/survey/api/requests.h"

#include <string>

#include "services/platform/errors.h"

namespace welfare::survey {

Interruption WhileWanted(const platform::CallContext& call,
                         std::string_view what) {
  return [&call, what = std::string(what)]() -> absl::Status {
    if (call.cancelled()) return platform::Cancelled(what);
    if (call.limits.expired()) return platform::DeadlineExceeded(what);
    return absl::OkStatus();
  };
}

absl::Status CheckStore(const platform::Incarnation& here,
                        const base::RoundName& round,
                        const std::string& incarnation, std::int64_t revision) {
  const std::string resource = round.ToString();
  if (incarnation.empty() || here.Covers(incarnation, resource, revision)) {
    return absl::OkStatus();
  }
  return platform::StoreRestored(resource, incarnation, revision);
}

}  // namespace welfare::survey
