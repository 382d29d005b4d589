#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// A remark on a figure.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class CellFlag {
  kUndefined = 1,   // the base is 0, and only then
  kLowerBound = 2,  // at least this much
  kSmallBase = 3,   // below kSmallBaseLimit (small_base.h)
  kTied = 4,        // several respondents share the value
  kNoValue = 5,     // a base, and nothing to state
};

inline constexpr Word<CellFlag> kCellFlags[] = {
    {CellFlag::kUndefined, "UNDEFINED"},
    {CellFlag::kLowerBound, "LOWER_BOUND"},
    {CellFlag::kSmallBase, "SMALL_BASE"},
    {CellFlag::kTied, "TIED"},
    {CellFlag::kNoValue, "NO_VALUE"},
};

constexpr std::string_view ToString(CellFlag value) {
  return NameIn(kCellFlags, value);
}

}  // namespace welfare::vocabulary
