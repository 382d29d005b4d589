// A peer's refusal as this service's own.
#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"

#include "services/platform/rpc/call_context.h"

namespace welfare::report {

// Returns what the caller is told where `peer` answered `status`: what the
// caller may put right keeps its code, the rest is the peer's fault.
// REQUIRES: `status` is not OK.
absl::Status PeerRefused(const platform::CallContext& call,
                         std::string_view peer, const grpc::Status& status);

}  // namespace welfare::report
