#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// How a published statement and a computed figure agree.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Verdict {
  kFits = 1,             // the count lies inside the rule
  kHigherClassFits = 2,  // literally true, but a higher class fits
  kDoesNotFit = 3,       // the count lies outside the rule
  kImpossible = 4,       // no count over this base can fit
  kUnchecked = 5,        // the profile has no rule
  kNotComputed = 6,      // cannot be computed
};

inline constexpr Word<Verdict> kVerdicts[] = {
    {Verdict::kFits, "FITS"},
    {Verdict::kHigherClassFits, "HIGHER_CLASS_FITS"},
    {Verdict::kDoesNotFit, "DOES_NOT_FIT"},
    {Verdict::kImpossible, "IMPOSSIBLE"},
    {Verdict::kUnchecked, "UNCHECKED"},
    {Verdict::kNotComputed, "NOT_COMPUTED"},
};

constexpr std::string_view ToString(Verdict value) {
  return NameIn(kVerdicts, value);
}

}  // namespace welfare::vocabulary
