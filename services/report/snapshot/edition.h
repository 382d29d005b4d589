// What a report is meant to be published as.
#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::report {

// Stored in databases and snapshots, part of the API; do not renumber.
enum class Edition {
  kNone = 0,         // of a report that was made before there were editions
  kProvisional = 1,  // 速報: answers may still change
  kFinal = 2,        // 確報: enough answered, and all that is counted accepted
  kCorrected = 3,    // 訂正: takes the place of a final one
};

inline constexpr vocabulary::Word<Edition> kEditions[] = {
    {Edition::kProvisional, "PROVISIONAL"},
    {Edition::kFinal, "FINAL"},
    {Edition::kCorrected, "CORRECTED"},
};

constexpr std::string_view ToString(Edition value) {
  return vocabulary::NameIn(kEditions, value);
}

}  // namespace welfare::report
