#include "services/indicator/peers/peer_failure.h"

#include "services/base/error.h"
#include "services/indicator/errors.h"
#include "services/platform/errors.h"

namespace welfare::indicator {

bool IsOtherStore(const absl::Status& failure) {
  return base::ReasonOf(failure) == "STORE_RESTORED";
}

absl::Status PeerFailure(const platform::CallContext& call,
                         std::string_view peer, UnavailableError unavailable,
                         const absl::Status& status) {
  if (call.cancelled()) return platform::Cancelled(peer);
  if (call.limits.expired()) return platform::DeadlineExceeded(peer);
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:  // our own bound, not the call's
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return unavailable(base::MessageOf(status));
    default:
      return PeerAnswerInvalid(peer, status.ToString());
  }
}

}  // namespace welfare::indicator
