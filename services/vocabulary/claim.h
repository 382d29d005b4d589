#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// What a published row states; its reading is judged by that alone.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class Claim {
  kCount = 1,    // a number of respondents, options or members: 23地区
  kShare = 2,    // a count and its base: 62/62
  kPercent = 3,  // 70.0%
  kWording = 4,  // 7割以上
  kValue = 5,    // a total, a rank, dates, a series
};

inline constexpr Word<Claim> kClaims[] = {
    {Claim::kCount, "COUNT"},     {Claim::kShare, "SHARE"},
    {Claim::kPercent, "PERCENT"}, {Claim::kWording, "WORDING"},
    {Claim::kValue, "VALUE"},
};

constexpr std::string_view ToString(Claim value) {
  return NameIn(kClaims, value);
}

}  // namespace welfare::vocabulary
