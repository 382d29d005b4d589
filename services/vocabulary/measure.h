#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// What an indicator computes.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Measure {
  kCount = 1,           // how many of the base satisfy a condition
  kDistribution = 2,    // how many chose each option
  kSum = 3,             // total, mean, median, maximum of a number
  kRank = 4,            // its highest distinct values
  kHistogram = 5,       // how many lie in each class of it
  kRegistrySeries = 6,  // a registry fact by fiscal year
  kProgress = 7,        // how many handed in
};

inline constexpr Word<Measure> kMeasures[] = {
    {Measure::kCount, "COUNT"},
    {Measure::kDistribution, "DISTRIBUTION"},
    {Measure::kSum, "SUM"},
    {Measure::kRank, "RANK"},
    {Measure::kHistogram, "HISTOGRAM"},
    {Measure::kRegistrySeries, "REGISTRY_SERIES"},
    {Measure::kProgress, "PROGRESS"},
};

constexpr std::string_view ToString(Measure value) {
  return NameIn(kMeasures, value);
}

}  // namespace welfare::vocabulary
