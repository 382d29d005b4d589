#include "services/base/numbers/percent.h"

#include <cstdio>
#include <cstdlib>

namespace welfare::base {

std::optional<std::int64_t> PercentTenths(std::int64_t k, std::int64_t n) {
  constexpr std::int64_t kLargest = 1'000'000'000'000'000;
  if (k < 0 || k > n || n > kLargest) {
    std::fprintf(stderr, "percent of %lld in %lld: not a part of its base\n",
                 static_cast<long long>(k), static_cast<long long>(n));
    std::abort();
  }
  if (n == 0) return std::nullopt;
  return (2000 * k + n) / (2 * n);
}

std::optional<std::string> FormatPercent(std::int64_t k, std::int64_t n) {
  const auto tenths = PercentTenths(k, n);
  if (!tenths) return std::nullopt;
  return std::to_string(*tenths / 10) + "." + std::to_string(*tenths % 10);
}

}  // namespace welfare::base
