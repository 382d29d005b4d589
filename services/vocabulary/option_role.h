#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// What an option is where options are ranked.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class OptionRole {
  kAnswer = 0,  // an answer like others
  kOther = 1,   // その他: many answers in one
  kNone = 2,    // 該当なし: stands alone
};

inline constexpr Word<OptionRole> kOptionRoles[] = {
    {OptionRole::kOther, "OTHER"},
    {OptionRole::kNone, "NONE"},
};

constexpr std::string_view ToString(OptionRole value) {
  return NameIn(kOptionRoles, value);
}

}  // namespace welfare::vocabulary
