#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// Which submissions a figure counts.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Basis {
  kProvisional = 1,  // 速報: submitted, accepted and final
  kFinal = 2,        // 確報: final only
};

inline constexpr Word<Basis> kBases[] = {
    {Basis::kProvisional, "PROVISIONAL"},
    {Basis::kFinal, "FINAL"},
};

constexpr std::string_view ToString(Basis value) {
  return NameIn(kBases, value);
}

}  // namespace welfare::vocabulary
