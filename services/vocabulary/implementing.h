#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// Whether a municipality ran a programme in a year.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Implementing {
  kYes = 1,    // 実施
  kNo = 2,     // 未実施
  kEnded = 3,  // 終了: had run it before and ended it
};

inline constexpr Word<Implementing> kImplementing[] = {
    {Implementing::kYes, "YES"},
    {Implementing::kNo, "NO"},
    {Implementing::kEnded, "ENDED"},
};

constexpr std::string_view ToString(Implementing value) {
  return NameIn(kImplementing, value);
}

}  // namespace welfare::vocabulary
