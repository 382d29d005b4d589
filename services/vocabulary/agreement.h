#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// Whether a printed number is the computed one.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Agreement {
  kSame = 1,     // they are equal
  kDiffers = 2,  // they are not
};

inline constexpr Word<Agreement> kAgreements[] = {
    {Agreement::kSame, "SAME"},
    {Agreement::kDiffers, "DIFFERS"},
};

constexpr std::string_view ToString(Agreement value) {
  return NameIn(kAgreements, value);
}

}  // namespace welfare::vocabulary
