#include "services/survey/api/requests.h"

#include <algorithm>
#include <cstddef>

#include "services/platform/errors.h"

namespace welfare::survey {
namespace {

constexpr std::size_t kLongestRequestId = 64;

}  // namespace

Interruption WhileWanted(const platform::CallContext& call,
                         std::string_view what) {
  return [&call, what = std::string(what)]() -> absl::Status {
    if (call.cancelled()) return platform::Cancelled(what);
    if (call.limits.expired()) return platform::DeadlineExceeded(what);
    return absl::OkStatus();
  };
}

absl::Status CheckRequestId(std::string_view id) {
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-';
  });
  if (!plain || id.size() > kLongestRequestId) return RequestIdInvalid(id);
  return absl::OkStatus();
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
