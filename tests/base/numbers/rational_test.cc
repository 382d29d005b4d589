#include "services/base/numbers/rational.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>

#include "services/base/error.h"

namespace welfare::base {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

Rational R(std::int64_t a, std::int64_t b = 1) { return *Rational::Make(a, b); }

TEST(Rational, KeepsLowestTermsAndAPositiveDenominator) {
  EXPECT_EQ(R(6, -4).numerator(), -3);
  EXPECT_EQ(R(6, -4).denominator(), 2);
  EXPECT_EQ(R(0, -7), Rational());
  EXPECT_EQ(R(kMin, kMin), R(1));
  EXPECT_EQ(ReasonOf(Rational::Make(1, 0).status()), "NUMBER_RANGE");
  EXPECT_EQ(ReasonOf(Rational::Make(1, kMin).status()), "NUMBER_RANGE");
}

TEST(Rational, ReadsDecimals) {
  EXPECT_EQ(*Rational::ParseDecimal("0"), R(0));
  EXPECT_EQ(*Rational::ParseDecimal("-12.50"), R(-25, 2));
  EXPECT_EQ(*Rational::ParseDecimal("007"), R(7));
  EXPECT_EQ(*Rational::ParseDecimal("999999999999999999"),
            R(999'999'999'999'999'999));
  for (const std::string_view text :
       {"", "-", ".", "1.", ".5", "1.2.3", "1,000", "+1", "1e3", " 1", "１",
        "--1", "0x1", "1-"}) {
    EXPECT_EQ(ReasonOf(Rational::ParseDecimal(text).status()), "NUMBER_FORMAT")
        << text;
  }
  EXPECT_EQ(ReasonOf(Rational::ParseDecimal("1234567890123456789").status()),
            "NUMBER_RANGE");
}

TEST(Rational, ComputesExactly) {
  EXPECT_EQ(Rational::Add(R(1, 10), R(2, 10)), R(3, 10));
  EXPECT_EQ(Rational::Subtract(R(1, 3), R(1, 2)), R(-1, 6));
  EXPECT_EQ(Rational::Multiply(R(2, 3), R(3, 2)), R(1));
  EXPECT_EQ(Rational::Divide(R(1), R(-3)), R(-1, 3));
  EXPECT_EQ(Rational::Mod(R(7), R(3)), R(1));
  EXPECT_EQ(Rational::Mod(R(-7), R(2)), R(-1));
  EXPECT_EQ(Rational::Mod(R(7), R(-2)), R(1));
  EXPECT_EQ(Rational::Mod(R(7, 2), R(1)), R(1, 2));
}

TEST(Rational, HasNoResultWhenItDoesNotFit) {
  EXPECT_EQ(Rational::Add(R(kMax), R(1)), std::nullopt);
  EXPECT_EQ(Rational::Subtract(R(kMin), R(1)), std::nullopt);
  EXPECT_EQ(Rational::Multiply(R(kMax), R(2)), std::nullopt);
  EXPECT_EQ(Rational::Multiply(R(1, kMax), R(1, 2)), std::nullopt);
  EXPECT_EQ(Rational::Divide(R(1), R(0)), std::nullopt);
  EXPECT_EQ(Rational::Mod(R(1), R(0)), std::nullopt);
  EXPECT_EQ(Rational::Subtract(R(0), R(kMin)), std::nullopt);
  EXPECT_EQ(Rational::Add(R(kMin, 3), R(kMin, 5)), std::nullopt);
}

TEST(Rational, Compares) {
  EXPECT_LT(R(1, 3), R(1, 2));
  EXPECT_LT(R(-1, 2), R(-1, 3));
  EXPECT_GT(R(kMax, 2), R(kMax, 3));
  EXPECT_LE(R(2, 4), R(1, 2));
}

TEST(Rational, Prints) {
  EXPECT_EQ(R(5).ToString(), "5");
  EXPECT_EQ(R(-25, 2).ToString(), "-12.5");
  EXPECT_EQ(R(1, 3).ToString(), "1/3");
  EXPECT_EQ(R(1, 8).ToDecimal(2), "0.13");
  EXPECT_EQ(R(-1, 8).ToDecimal(2), "-0.13");
  EXPECT_EQ(R(1, 3).ToDecimal(1), "0.3");
  EXPECT_EQ(R(-1, 100).ToDecimal(1), "0.0");
  EXPECT_EQ(R(5, 2).ToDecimal(0), "3");
  EXPECT_EQ(R(kMin).ToDecimal(9), "-9223372036854775808.000000000");
}

}  // namespace
}  // namespace welfare::base
