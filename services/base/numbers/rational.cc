#include "services/base/numbers/rational.h"

#include <cassert>
#include <cstddef>
#include <limits>

#include "services/base/error.h"
#include "services/base/error_table.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {
namespace {

// Products of two 64-bit terms fit 128 bits.
__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

UnsignedWide Magnitude(Wide value) {
  return value < 0 ? UnsignedWide(0) - static_cast<UnsignedWide>(value)
                   : static_cast<UnsignedWide>(value);
}

UnsignedWide Gcd(UnsignedWide a, UnsignedWide b) {
  while (b != 0) {
    const UnsignedWide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// The terms in lowest form, or nothing when they do not fit 64 bits. Neither
// input may be the least 128-bit number, which no sum below can reach.
struct Terms {
  std::int64_t numerator;
  std::int64_t denominator;
};
std::optional<Terms> Reduce(Wide numerator, Wide denominator) {
  if (denominator == 0) return std::nullopt;
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const auto divisor = static_cast<Wide>(
      Gcd(Magnitude(numerator), static_cast<UnsignedWide>(denominator)));
  numerator /= divisor;
  denominator /= divisor;
  if (numerator < kMin || numerator > kMax || denominator > kMax) {
    return std::nullopt;
  }
  return Terms{static_cast<std::int64_t>(numerator),
               static_cast<std::int64_t>(denominator)};
}

std::string ToText(UnsignedWide value) {
  std::string reversed;
  do {
    reversed.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return {reversed.rbegin(), reversed.rend()};
}

absl::Status OutOfRange(std::string_view text) {
  return MakeError(BaseRow("NUMBER_RANGE")).With("text", text);
}

std::optional<Rational> FromWide(Wide numerator, Wide denominator) {
  const auto terms = Reduce(numerator, denominator);
  if (!terms) return std::nullopt;
  auto made = Rational::Make(terms->numerator, terms->denominator);
  if (!made.ok()) return std::nullopt;
  return *made;
}

}  // namespace

absl::StatusOr<Rational> Rational::Make(std::int64_t numerator,
                                        std::int64_t denominator) {
  const auto terms = Reduce(numerator, denominator);
  if (!terms) {
    return OutOfRange(std::to_string(numerator) + "/" +
                      std::to_string(denominator));
  }
  Rational rational;
  rational.numerator_ = terms->numerator;
  rational.denominator_ = terms->denominator;
  return rational;
}

absl::StatusOr<Rational> Rational::ParseDecimal(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  int digits = 0;
  bool point = false;
  bool well_formed = !rest.empty();
  for (std::size_t i = 0; well_formed && i < rest.size(); ++i) {
    if (rest[i] == '.') {
      // A digit on either side.
      well_formed = !point && i > 0 && i + 1 < rest.size();
      point = true;
    } else if (IsAsciiDigit(rest[i])) {
      if (++digits > 18) continue;
      numerator = numerator * 10 + (rest[i] - '0');
      if (point) denominator *= 10;
    } else {
      well_formed = false;
    }
  }
  if (!well_formed) {
    return MakeError(BaseRow("NUMBER_FORMAT")).With("text", text);
  }
  if (digits > 18) return OutOfRange(text);
  return Make(negative ? -numerator : numerator, denominator);
}

std::optional<Rational> Rational::Add(const Rational& a, const Rational& b) {
  return FromWide(
      Wide(a.numerator_) * b.denominator_ + Wide(b.numerator_) * a.denominator_,
      Wide(a.denominator_) * b.denominator_);
}

std::optional<Rational> Rational::Subtract(const Rational& a,
                                           const Rational& b) {
  return FromWide(
      Wide(a.numerator_) * b.denominator_ - Wide(b.numerator_) * a.denominator_,
      Wide(a.denominator_) * b.denominator_);
}

std::optional<Rational> Rational::Multiply(const Rational& a,
                                           const Rational& b) {
  return FromWide(Wide(a.numerator_) * b.numerator_,
                  Wide(a.denominator_) * b.denominator_);
}

std::optional<Rational> Rational::Divide(const Rational& a, const Rational& b) {
  return FromWide(Wide(a.numerator_) * b.denominator_,
                  Wide(a.denominator_) * b.numerator_);
}

std::optional<Rational> Rational::Mod(const Rational& a, const Rational& b) {
  if (b.numerator_ == 0) return std::nullopt;
  // Over the common denominator both are integers, and their remainder has the
  // sign of the first in C++ as in XPath.
  const Wide left = Wide(a.numerator_) * b.denominator_;
  const Wide right = Wide(b.numerator_) * a.denominator_;
  return FromWide(left % right, Wide(a.denominator_) * b.denominator_);
}

std::string Rational::ToString() const {
  if (denominator_ == 1) return std::to_string(numerator_);
  std::int64_t rest = denominator_;
  int twos = 0;
  int fives = 0;
  for (; rest % 2 == 0; rest /= 2) ++twos;
  for (; rest % 5 == 0; rest /= 5) ++fives;
  const int places = twos > fives ? twos : fives;
  if (rest != 1 || places > 9) {
    return std::to_string(numerator_) + "/" + std::to_string(denominator_);
  }
  return ToDecimal(places);
}

std::string Rational::ToDecimal(int places) const {
  assert(places >= 0 && places <= 9);
  UnsignedWide scale = 1;
  for (int i = 0; i < places; ++i) scale *= 10;
  const auto denominator = static_cast<UnsignedWide>(denominator_);
  const UnsignedWide scaled =
      (Magnitude(numerator_) * scale * 2 + denominator) / (denominator * 2);
  std::string out;
  if (numerator_ < 0 && scaled != 0) out.push_back('-');
  out += ToText(scaled / scale);
  if (places > 0) {
    const std::string decimals = ToText(scaled % scale);
    out.push_back('.');
    out.append(static_cast<std::size_t>(places) - decimals.size(), '0');
    out += decimals;
  }
  return out;
}

std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
  const Wide left = Wide(a.numerator_) * b.denominator_;
  const Wide right = Wide(b.numerator_) * a.denominator_;
  if (left < right) return std::strong_ordering::less;
  if (left > right) return std::strong_ordering::greater;
  return std::strong_ordering::equal;
}

}  // namespace welfare::base
