#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// How a published statement can be checked.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Check {
  kComputed = 1,     // from answers
  kRegistry = 2,     // from the registry
  kProgress = 3,     // from the returns or the round itself
  kOptionList = 4,   // the length of an option list
  kEditorial = 5,    // written or counted in free text by its author
  kLegal = 6,        // about the law
  kTrend = 7,        // change over time, without a figure
  kLost = 8,         // the chart's numbers are lost
  kPartlyKnown = 9,  // lost, and some are stated in the text
};

inline constexpr Word<Check> kChecks[] = {
    {Check::kComputed, "COMPUTED"},
    {Check::kRegistry, "REGISTRY"},
    {Check::kProgress, "PROGRESS"},
    {Check::kOptionList, "OPTION_LIST"},
    {Check::kEditorial, "EDITORIAL"},
    {Check::kLegal, "LEGAL"},
    {Check::kTrend, "TREND"},
    {Check::kLost, "LOST"},
    {Check::kPartlyKnown, "PARTLY_KNOWN"},
};

constexpr std::string_view ToString(Check value) {
  return NameIn(kChecks, value);
}

}  // namespace welfare::vocabulary
