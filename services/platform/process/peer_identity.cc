#include "services/platform/process/peer_identity.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "services/access/metadata/identity_metadata.h"
#include "services/platform/process/module.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/tls/process_name.h"

namespace welfare::platform {
namespace {

// What the gateway says of a caller. Callers come again, and to read one costs
// as much as the rest of what is done before a handler runs; so each thread
// remembers those it has read last, by their bytes.
absl::StatusOr<access::Identity> ReadIdentity(std::string_view bytes) {
  struct Known {
    std::string bytes;
    access::Identity identity;
  };
  constexpr std::size_t kSlots = 32;
  constexpr std::size_t kMostBytes = 1024;
  thread_local std::array<std::optional<Known>, kSlots> known;
  std::optional<Known>& slot =
      known[std::hash<std::string_view>()(bytes) % kSlots];
  if (slot.has_value() && slot->bytes == bytes) return slot->identity;
  auto identity = access::FromMetadata(bytes);
  if (identity.ok() && bytes.size() <= kMostBytes) {
    slot.emplace(std::string(bytes), *identity);
  }
  return identity;
}

// Whom a call of the module `name` is made for.
absl::StatusOr<access::Identity> IdentifyModule(const MetadataLookup& metadata,
                                                std::string_view name) {
  if (name == "gateway") {
    const auto bytes = metadata(access::kIdentityMetadata);
    return bytes.has_value() ? ReadIdentity(*bytes)
                             : access::Identity::Anonymous();
  }
  const auto modules = ModuleSpecs();
  return std::ranges::find(modules, name, &ModuleSpec::name) != modules.end()
             ? access::Identity::Service(name)
             : access::Identity::Anonymous();
}

}  // namespace

absl::StatusOr<access::Identity> IdentifyByPeer(const MetadataLookup& metadata,
                                                const PeerLookup& peer) {
  const std::string proved = peer();
  const std::string_view names[] = {proved};
  return IdentifyModule(metadata, ModuleNamedIn(names));
}

absl::StatusOr<access::Identity> IdentifyWithinProcess(
    const MetadataLookup& metadata, const PeerLookup& /*peer*/) {
  return IdentifyModule(metadata,
                        CallerIn(metadata("user-agent").value_or("")));
}

}  // namespace welfare::platform
