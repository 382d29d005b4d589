#include "services/base/numbers/percent.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace welfare::base {
namespace {

// Numbers of any size as decimal digits, least first: an oracle that shares no
// arithmetic with the code under test.
class Big {
 public:
  explicit Big(std::uint64_t value) {
    do {
      digits_.push_back(static_cast<int>(value % 10));
      value /= 10;
    } while (value != 0);
  }

  Big Times(int factor) const {
    Big out(0);
    out.digits_.clear();
    int carry = 0;
    for (const int digit : digits_) {
      carry += digit * factor;
      out.digits_.push_back(carry % 10);
      carry /= 10;
    }
    for (; carry != 0; carry /= 10) out.digits_.push_back(carry % 10);
    out.Trim();
    return out;
  }

  bool Less(const Big& other) const {
    if (digits_.size() != other.digits_.size()) {
      return digits_.size() < other.digits_.size();
    }
    for (std::size_t i = digits_.size(); i-- > 0;) {
      if (digits_[i] != other.digits_[i]) return digits_[i] < other.digits_[i];
    }
    return false;
  }

  // REQUIRES: other is not greater.
  void Subtract(const Big& other) {
    int borrow = 0;
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      digits_[i] -= borrow + (i < other.digits_.size() ? other.digits_[i] : 0);
      borrow = digits_[i] < 0 ? 1 : 0;
      digits_[i] += 10 * borrow;
    }
    Trim();
  }

 private:
  void Trim() {
    while (digits_.size() > 1 && digits_.back() == 0) digits_.pop_back();
  }
  std::vector<int> digits_;
};

// Long division of 1000 k by n, then half up by comparing twice the remainder.
std::string Oracle(std::uint64_t k, std::uint64_t n) {
  Big rest = Big(k).Times(1000);
  const Big divisor(n);
  // The quotient is at most 1000: subtract hundreds, tens and ones of n.
  int quotient = 0;
  for (const int step : {1000, 100, 10, 1}) {
    const Big part = divisor.Times(step);
    while (!rest.Less(part)) {
      rest.Subtract(part);
      quotient += step;
    }
  }
  if (!rest.Times(2).Less(divisor)) ++quotient;
  return std::to_string(quotient / 10) + "." + std::to_string(quotient % 10);
}

TEST(Percent, PrintsThePublishedExamples) {
  EXPECT_EQ(FormatPercent(23, 30), "76.7");
  EXPECT_EQ(FormatPercent(26, 28), "92.9");
  EXPECT_EQ(FormatPercent(21, 30), "70.0");
  EXPECT_EQ(FormatPercent(16, 23), "69.6");
  EXPECT_EQ(FormatPercent(0, 30), "0.0");
  EXPECT_EQ(FormatPercent(30, 30), "100.0");
  // Exactly half way: 1/16 is 6.25.
  EXPECT_EQ(FormatPercent(1, 16), "6.3");
  EXPECT_EQ(FormatPercent(1, 2000), "0.1");
}

TEST(Percent, OfNothingIsNothing) {
  EXPECT_EQ(FormatPercent(0, 0), std::nullopt);
}

TEST(Percent, AgreesWithTheOracleForAllSmallBases) {
  for (std::int64_t n = 1; n <= 200; ++n) {
    for (std::int64_t k = 0; k <= n; ++k) {
      ASSERT_EQ(FormatPercent(k, n), Oracle(static_cast<std::uint64_t>(k),
                                            static_cast<std::uint64_t>(n)))
          << k << " of " << n;
    }
  }
}

TEST(Percent, AgreesWithTheOracleForLargeBases) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t n = 1 + random() % 1'000'000'000'000'000;
    const std::uint64_t k = random() % (n + 1);
    ASSERT_EQ(FormatPercent(static_cast<std::int64_t>(k),
                            static_cast<std::int64_t>(n)),
              Oracle(k, n))
        << k << " of " << n;
  }
}

TEST(Percent, GrowsWithTheNumeratorAndMirrorsItsComplement) {
  for (std::int64_t n = 1; n <= 300; ++n) {
    for (std::int64_t k = 0; k <= n; ++k) {
      const auto tenths = *PercentTenths(k, n);
      ASSERT_LE(k > 0 ? *PercentTenths(k - 1, n) : 0, tenths);
      // Half up on both sides gives 1001 exactly when half way.
      const auto sum = tenths + *PercentTenths(n - k, n);
      ASSERT_EQ(sum, (2000 * k) % (2 * n) == n ? 1001 : 1000);
    }
  }
}

TEST(PercentDeathTest, EndsTheProcessWhenThePartExceedsItsBase) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(FormatPercent(31, 30), "not a part of its base");
  EXPECT_DEATH(FormatPercent(-1, 30), "not a part of its base");
}

}  // namespace
}  // namespace welfare::base
