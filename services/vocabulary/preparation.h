#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// Whether a municipality prepared for a programme in a year.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Preparation {
  kYes = 1,      // 移行準備事業を実施
  kNo = 2,       // did not
  kUnknown = 3,  // recorded as not known
};

inline constexpr Word<Preparation> kPreparation[] = {
    {Preparation::kYes, "YES"},
    {Preparation::kNo, "NO"},
    {Preparation::kUnknown, "UNKNOWN"},
};

constexpr std::string_view ToString(Preparation value) {
  return NameIn(kPreparation, value);
}

}  // namespace welfare::vocabulary
