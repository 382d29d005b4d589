// How published rows are computed, as YAML.
#pragma once

#include "services/indicator/definition/definition.h"
#include "services/indicator/files/mapping.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

// Reads `figures` and `two_rounds` of statements-YEAR.yaml into the sources of
// `round`. Populations are those of `set`.
void ReadSources(Mapping& fields, const DefinitionSet& set,
                 PublishedRound& round);

}  // namespace welfare::indicator
