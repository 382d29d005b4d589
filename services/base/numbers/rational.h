// Exact numbers. Nothing in the platform computes a figure in floating point.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::base {

// A quotient of two 64-bit integers in lowest terms; integers and decimals are
// the cases with denominator 1 or a power of ten.
//
// Invariants: denominator > 0; greatest common divisor 1; 0 is 0/1.
class Rational {
 public:
  constexpr Rational() = default;
  constexpr Rational(std::int64_t integer)  // NOLINT: an integer is one
      : numerator_(integer) {}

  // Returns numerator / denominator in lowest terms.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason NUMBER_RANGE: the denominator is 0, or the
  //   terms do not fit 64 bits.
  static absl::StatusOr<Rational> Make(std::int64_t numerator,
                                       std::int64_t denominator);

  // Parses an integer or decimal: optional `-`, digits, optionally `.` and
  // digits; ASCII, no separators, at most 18 digits in all.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason NUMBER_FORMAT: another form.
  //   INVALID_ARGUMENT, reason NUMBER_RANGE: more than 18 digits.
  static absl::StatusOr<Rational> ParseDecimal(std::string_view text);

  std::int64_t numerator() const { return numerator_; }
  std::int64_t denominator() const { return denominator_; }
  bool is_integer() const { return denominator_ == 1; }

  // Exact arithmetic; nothing when the exact result does not fit, or when
  // dividing by zero. Mod has the sign of `a`, as in XPath: -7 mod 2 = -1.
  static std::optional<Rational> Add(const Rational& a, const Rational& b);
  static std::optional<Rational> Subtract(const Rational& a, const Rational& b);
  static std::optional<Rational> Multiply(const Rational& a, const Rational& b);
  static std::optional<Rational> Divide(const Rational& a, const Rational& b);
  static std::optional<Rational> Mod(const Rational& a, const Rational& b);

  // Returns a finite decimal (`-1.25`), else `numerator/denominator`.
  std::string ToString() const;

  // Returns the number with exactly `places` (0 to 9) decimals, rounded half
  // up in magnitude: 1/8 with two places is 0.13, -1/8 is -0.13.
  std::string ToDecimal(int places) const;

  friend bool operator==(const Rational&, const Rational&) = default;
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b);

 private:
  std::int64_t numerator_ = 0;
  std::int64_t denominator_ = 1;
};

}  // namespace welfare::base
