// Populations and indicators as YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/indicator/definition/definition.h"

namespace welfare::indicator {

// What is wrong becomes a violation of `where`, the name of the file.

// Reads populations.yaml into `set`.
void ReadPopulations(const YAML::Node& node, const std::string& where,
                     DefinitionSet& set,
                     std::vector<base::Violation>& violations);

// Reads a file of indicators/.
Definition ReadDefinition(const YAML::Node& node, const std::string& where,
                          std::vector<base::Violation>& violations);

}  // namespace welfare::indicator
