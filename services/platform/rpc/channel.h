#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace welfare::platform {

// Makes a channel to a peer: "dns:///name:port", "host:port", "unix:/path" or
// "unix-abstract:name". Build it once and share it; any thread may use it.
// It retries UNAVAILABLE (and nothing else) up to 4 times while no answer has
// begun, spreads calls over all addresses of a name, reconnects within 2 s, and
// sees dead connections by keepalive. Deadlines come from PeerCall.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address);

}  // namespace welfare::platform
