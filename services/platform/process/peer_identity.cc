#include "services/platform/process/peer_identity.h"

#include <algorithm>

#include "services/access/metadata/identity_metadata.h"
#include "services/platform/process/module.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/tls/process_name.h"

namespace welfare::platform {

absl::StatusOr<access::Identity> IdentifyByPeer(const MetadataLookup& metadata,
                                                std::string_view peer) {
  const std::string_view names[] = {peer};
  const std::string_view name = ModuleNamedIn(names);
  if (name == "gateway") {
    const auto bytes = metadata(access::kIdentityMetadata);
    return bytes.has_value() ? access::FromMetadata(*bytes)
                             : access::Identity::Anonymous();
  }
  const auto modules = ModuleSpecs();
  return std::ranges::find(modules, name, &ModuleSpec::name) != modules.end()
             ? access::Identity::Service(name)
             : access::Identity::Anonymous();
}

absl::StatusOr<access::Identity> IdentifyWithinProcess(
    const MetadataLookup& metadata, std::string_view /*peer*/) {
  const std::string_view caller = CallerIn(metadata("user-agent").value_or(""));
  return IdentifyByPeer(metadata, ProcessName(caller));
}

}  // namespace welfare::platform
