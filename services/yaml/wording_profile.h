// Wording profiles as YAML: what the words for shares mean.
#pragma once

#include <vector>

#include "services/base/error.h"
#include "services/base/wording/wording.h"
#include "services/yaml/node.h"

namespace welfare::yaml {

// Reads a profile; whether its rules make sense is ValidateWordingProfile's to
// say. What is wrong with the form becomes a violation of its place in the file.
base::WordingProfile ReadWordingProfile(
    const Node& node, std::vector<base::Violation>& violations);

}  // namespace welfare::yaml
