#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <string_view>

namespace welfare::platform {

// Another process of the platform, or another module of this one.
struct PeerEndpoint {
  // "dns:///name:port", "host:port", "unix:/path" or "unix-abstract:name".
  std::string address;
  // Null: plain.
  std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr;
  // The module that calls, "indicator", said in the user agent of each call;
  // empty: nobody in particular. Within one process it is what the other end
  // believes.
  std::string caller = {};
};

// Makes a channel to a peer. Build it once and share it; any thread may use it.
// It repeats UNAVAILABLE, and CANCELLED that its caller did not ask for, up to 4
// times while no answer has begun, spreads calls over all addresses of a name,
// reconnects within 2 s, and sees dead connections by keepalive.
// Deadlines come from PeerCall.
//
// REQUIRES: whoever calls through it gives every write a request_id, as the
// gateway does: the answer may be lost after the commit, and without the id
// the repeat is a second write.
std::shared_ptr<grpc::Channel> MakeChannel(const PeerEndpoint& peer);

// As above, for peers that read: writes of `service` (its full name; a write
// is a method whose request has a request_id) are tried once only. A service
// that is not linked into the program is repeated nothing.
std::shared_ptr<grpc::Channel> MakeReadChannel(const PeerEndpoint& peer,
                                               const std::string& service);

// What a call of that module says in its user agent.
std::string ProductOf(std::string_view caller);

// Who calls, by the user agent of a call; empty where it does not say.
std::string_view CallerIn(std::string_view user_agent);

}  // namespace welfare::platform
