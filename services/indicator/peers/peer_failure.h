// A peer's failure as this service's own.
#pragma once

#include <string_view>

#include "absl/status/status.h"

#include "services/platform/rpc/call_context.h"

namespace welfare::indicator {

// How it is called that a peer did not answer.
using UnavailableError = absl::Status (*)(std::string_view cause);

// Whether a peer says that a pin is one of another store.
bool IsOtherStore(const absl::Status& failure);

// Returns what a peer's failure means to our caller where the method has no
// meaning of its own for it. REQUIRES: `status` is not OK.
absl::Status PeerFailure(const platform::CallContext& call,
                         std::string_view peer, UnavailableError unavailable,
                         const absl::Status& status);

}  // namespace welfare::indicator
