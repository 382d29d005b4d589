#include "services/platform/rpc/version_stream.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace welfare::platform {

absl::Status CheckResources(const ResourceNames& resources) {
  std::vector<base::Violation> violations;
  if (resources.size() > kMostResources) {
    violations.push_back({.field = "resources",
                          .reason = "TOO_MANY",
                          .description = "There are " +
                                         std::to_string(resources.size()) +
                                         " names; send at most " +
                                         std::to_string(kMostResources) +
                                         ", or none to watch everything."});
  }
  for (int i = 0; i < std::min(resources.size(), kMostResources); ++i) {
    if (resources[i].size() <= kLongestResource) continue;
    violations.push_back(
        {.field = "resources[" + std::to_string(i) + "]",
         .reason = "TOO_LONG",
         .description = "The name has more than " +
                        std::to_string(kLongestResource) +
                        " bytes; no resource has such a name."});
  }
  if (violations.empty()) return absl::OkStatus();
  return ResourcesInvalid(std::move(violations));
}

}  // namespace welfare::platform
