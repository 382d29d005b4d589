// Percentages of counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace welfare::base {

// Returns 100 k / n in tenths of a percent, rounded half up:
// (2000 k + n) / (2 n) in integer division. 23 of 30 is 767. Nothing when n is
// 0. REQUIRES: 0 <= k <= n <= 10^15.
std::optional<std::int64_t> PercentTenths(std::int64_t k, std::int64_t n);

// Returns the same with one decimal: 23 of 30 is `76.7`, 21 of 30 `70.0`.
// Nothing when n is 0: print the not-applicable symbol, never 0.0.
// REQUIRES: as PercentTenths; a violation ends the process, because a numerator
// outside its base is a defect that must not reach print.
std::optional<std::string> FormatPercent(std::int64_t k, std::int64_t n);

}  // namespace welfare::base
