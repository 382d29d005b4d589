// How published rows are computed, as YAML.
#pragma once

#include <vector>

#include "services/base/error.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/statements/published.h"
#include "services/yaml/mapping.h"

namespace welfare::indicator {

// Reads `figures` and `two_rounds` of statements-YEAR.yaml into the sources of
// `round`. Populations are those of `set`.
void ReadSources(yaml::Mapping& fields, const DefinitionSet& set,
                 PublishedRound& round,
                 std::vector<base::Violation>& violations);

}  // namespace welfare::indicator
