// The channel to the gateway.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace grpc {
class Channel;
}  // namespace grpc

namespace welfare::ctl {

// Whom we trust and who we are, in PEM.
struct TlsIdentity {
  std::string authorities;
  std::string certificate;  // empty: we show none
  std::string key;
};

// A channel to `server`, plain without `tls`; it connects at the first call.
std::shared_ptr<grpc::Channel> NewChannel(
    const std::string& server, const std::optional<TlsIdentity>& tls);

}  // namespace welfare::ctl
