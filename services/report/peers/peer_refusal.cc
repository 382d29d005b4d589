#include "services/report/peers/peer_refusal.h"

#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/report/errors.h"

namespace welfare::report {

absl::Status PeerRefused(const platform::CallContext& call,
                         std::string_view peer, const grpc::Status& status) {
  const absl::Status refusal = platform::FromGrpcStatus(status);
  // Said by whoever owns what the pin is of, in its words.
  if (base::ReasonOf(refusal) == "STORE_RESTORED") return refusal;
  switch (status.error_code()) {
    case grpc::StatusCode::CANCELLED:
      if (call.cancelled()) return refusal;
      return PeerUnavailable(peer, status.error_message());
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      if (call.limits.expired()) return refusal;
      return PeerUnavailable(peer, status.error_message());
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return PeerUnavailable(peer, status.error_message());
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return refusal;
    default:
      return PeerAnswerInvalid(peer, status.error_message());
  }
}

}  // namespace welfare::report
