#include "services/base/names/municipality_code.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {
namespace {

// The ASCII digits of `text`, written wholly in ASCII or wholly in full-width
// digits; nothing for everything else.
std::optional<std::string> UniformDigits(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (std::ranges::all_of(text, IsAsciiDigit)) return std::string(text);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const auto digit = FullWidthDigitAt(text.substr(i));
    if (!digit) return std::nullopt;
    digits.push_back(static_cast<char>('0' + *digit));
  }
  return digits;
}

bool HasPrefecture(std::string_view digits) {
  const int prefecture = (digits[0] - '0') * 10 + (digits[1] - '0');
  return prefecture >= 1 && prefecture <= 47;
}

// Of five or six digits: whether they are a prefecture's own.
bool IsOfPrefecture(std::string_view digits) {
  return digits.substr(2, 3) == "000";
}

bool IsCode(std::string_view six) {
  return HasPrefecture(six) && !IsOfPrefecture(six) &&
         MunicipalityCode::CheckDigit(six.substr(0, 5)) == six[5];
}

ErrorBuilder Refused(std::string_view reason, std::string_view message,
                     std::string_view text) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message)
      .With("text", text);
}

absl::Status BadPrefecture(std::string_view text) {
  return Refused("CODE_PREFECTURE",
                 "The first two digits are no prefecture (01 to 47).", text);
}

absl::Status OfPrefecture(std::string_view text) {
  return Refused("CODE_OF_PREFECTURE",
                 "This is the code of a prefecture; write that of a "
                 "municipality.",
                 text);
}

}  // namespace

char MunicipalityCode::CheckDigit(std::string_view five) {
  assert(five.size() == 5 && std::ranges::all_of(five, IsAsciiDigit));
  int sum = 0;
  for (int i = 0; i < 5; ++i) {
    sum += (6 - i) * (five[static_cast<std::size_t>(i)] - '0');
  }
  return static_cast<char>('0' + (11 - sum % 11) % 10);
}

absl::StatusOr<MunicipalityCode> MunicipalityCode::Parse(
    std::string_view text) {
  absl::StatusOr<MunicipalityCode> code = ParseKnown(text);
  if (code.ok() && IsOfPrefecture(code->code_)) return OfPrefecture(text);
  return code;
}

absl::StatusOr<MunicipalityCode> MunicipalityCode::ParseKnown(
    std::string_view text) {
  const auto digits = UniformDigits(text);
  if (!digits || (digits->size() != 5 && digits->size() != 6)) {
    return Refused("CODE_FORMAT",
                   "Write the municipality code as six digits of one width.",
                   text);
  }
  if (digits->size() == 5) {
    std::string candidates;
    std::string named;  // the same for a reader
    const std::string with_check = *digits + CheckDigit(*digits);
    const std::string with_zero = "0" + *digits;
    for (const std::string& candidate : {with_check, with_zero}) {
      if (!IsCode(candidate)) continue;
      named += (candidates.empty() ? ": " : " or ") + candidate;
      candidates += (candidates.empty() ? "" : " ") + candidate;
    }
    return Refused("CODE_AMBIGUOUS",
                   "Five digits may lack the check digit or the leading zero; "
                   "write all six" +
                       named + ".",
                   text)
        .With("candidates", candidates);
  }
  if (!HasPrefecture(*digits)) return BadPrefecture(text);
  const char expected = CheckDigit(std::string_view(*digits).substr(0, 5));
  if ((*digits)[5] != expected) {
    // Another digit may be the wrong one: it is a guess, and said as one.
    const std::string candidate = digits->substr(0, 5) + expected;
    const bool possible = !IsOfPrefecture(candidate);
    return Refused("CHECK_DIGIT",
                   "The check digit does not fit the first five digits" +
                       (possible ? ", with which it would be " + candidate
                                 : std::string()) +
                       "; compare the code with the national table.",
                   text)
        .With("candidates", possible ? candidate : std::string());
  }
  return MunicipalityCode(*digits);
}

absl::StatusOr<MunicipalityCode> MunicipalityCode::ParseFiveDigit(
    std::string_view text) {
  const auto digits = UniformDigits(text);
  if (!digits || digits->size() != 5) {
    return Refused("CODE_FORMAT",
                   "Write the municipality code as five digits of one width, "
                   "without check digit.",
                   text);
  }
  if (!HasPrefecture(*digits)) return BadPrefecture(text);
  if (IsOfPrefecture(*digits)) return OfPrefecture(text);
  return MunicipalityCode(*digits + CheckDigit(*digits));
}

}  // namespace welfare::base
