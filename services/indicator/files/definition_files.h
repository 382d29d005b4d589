// Populations and indicators as YAML.
#pragma once

#include <vector>

#include "services/base/error.h"
#include "services/indicator/definition/definition.h"
#include "services/yaml/node.h"

namespace welfare::indicator {

// What is wrong becomes a violation of its place in the file.

// Reads populations.yaml into `set`.
void ReadPopulations(const yaml::Node& node, DefinitionSet& set,
                     std::vector<base::Violation>& violations);

// Reads a file of indicators/.
Definition ReadDefinition(const yaml::Node& node,
                          std::vector<base::Violation>& violations);

}  // namespace welfare::indicator
