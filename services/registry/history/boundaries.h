// Where the municipalities of one year lie on the boundaries of a later one.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"
#include "services/registry/history/history.h"

namespace welfare::registry {

// Where a municipality of an earlier year lies in a later one.
struct BoundaryMapping {
  base::MunicipalityCode municipality;
  std::vector<base::MunicipalityCode> successors;  // in code order
  bool ambiguous = false;                          // it was split on the way
  std::vector<std::int64_t> events;                // numbers, in order
};

// Follows every municipality of fiscal year `from` through the events up to
// fiscal year `to`, in order of municipality.
// REQUIRES: from <= to.
std::vector<BoundaryMapping> MapBoundaries(const RegistryView& view,
                                           base::FiscalYear from,
                                           base::FiscalYear to);

}  // namespace welfare::registry
