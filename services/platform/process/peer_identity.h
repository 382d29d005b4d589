// Who calls a service, judged by the process at the other end.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/access/identity.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::platform {

// The identity hook of a service that asks who calls. The gateway is believed
// what it says of its callers (access::kIdentityMetadata), and one of whom it
// says nothing is anonymous; another service calls on its own account. Whoever
// is neither is anonymous, whatever it says.
//
// Errors: INTERNAL, reason IDENTITY_UNREADABLE.
absl::StatusOr<access::Identity> IdentifyByPeer(const MetadataLookup& metadata,
                                                const PeerLookup& peer);

// The same within one process, whose sockets stand in a folder that nobody else
// may enter: there a module is believed what its channel says (Peer::caller).
absl::StatusOr<access::Identity> IdentifyWithinProcess(
    const MetadataLookup& metadata, const PeerLookup& peer);

}  // namespace welfare::platform
