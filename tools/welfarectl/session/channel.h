// The channel to the gateway.
#pragma once

#include <memory>
#include <string>

namespace grpc {
class Channel;
}  // namespace grpc

namespace welfare::ctl {

// A channel to `server`; it connects at the first call.
std::shared_ptr<grpc::Channel> NewChannel(const std::string& server);

}  // namespace welfare::ctl
