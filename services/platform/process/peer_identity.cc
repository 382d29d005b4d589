#include "services/platform/process/peer_identity.h"

#include <algorithm>

#include "services/access/metadata/identity_metadata.h"
#include "services/platform/process/module.h"

namespace welfare::platform {
namespace {

constexpr std::string_view kDomain = ".welfare.internal";
constexpr std::string_view kGateway = "gateway";

}  // namespace

std::string ProcessName(std::string_view module) {
  return std::string(module).append(kDomain);
}

absl::StatusOr<access::Identity> IdentifyByPeer(const MetadataLookup& metadata,
                                                std::string_view peer) {
  if (!peer.ends_with(kDomain)) return access::Identity::Anonymous();
  const std::string_view name = peer.substr(0, peer.size() - kDomain.size());
  if (name == kGateway) {
    const auto bytes = metadata(access::kIdentityMetadata);
    return bytes.has_value() ? access::FromMetadata(*bytes)
                             : access::Identity::Anonymous();
  }
  const auto modules = ModuleSpecs();
  return std::ranges::find(modules, name, &ModuleSpec::name) != modules.end()
             ? access::Identity::Service(name)
             : access::Identity::Anonymous();
}

}  // namespace welfare::platform
