// Wording profiles as YAML: what the words of published statements mean.
#pragma once

#include <vector>

#include "services/base/error.h"
#include "services/base/wording/wording.h"
#include "services/yaml/node.h"

namespace welfare::indicator {

// Reads wording-profile-VERSION.yaml. What is wrong becomes a violation of its
// place in the file.
base::WordingProfile ReadWordingProfile(
    const yaml::Node& node, std::vector<base::Violation>& violations);

}  // namespace welfare::indicator
