// Wording profiles as YAML: what the words of published statements mean.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/base/wording/wording.h"

namespace welfare::indicator {

// Reads wording-profile-VERSION.yaml. What is wrong becomes a violation of
// `where`, the name of the file.
base::WordingProfile ReadWordingProfile(
    const YAML::Node& node, const std::string& where,
    std::vector<base::Violation>& violations);

}  // namespace welfare::indicator
