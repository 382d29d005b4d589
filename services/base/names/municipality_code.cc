#include "services/base/names/municipality_code.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/base/error_table.h"
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

absl::Status BadPrefecture(std::string_view text) {
  return MakeError(BaseRow("CODE_PREFECTURE")).With("text", text);
}

absl::Status OfPrefecture(std::string_view text) {
  return MakeError(BaseRow("CODE_OF_PREFECTURE")).With("text", text);
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
    return MakeError(BaseRow("CODE_FORMAT"))
        .With("text", text)
        .Show("digits", "six digits of one width")
        .Show("digits_ja", "数字6桁（全角か半角の一方）");
  }
  if (digits->size() == 5) {
    std::string candidates;
    std::string named;  // the same for readers
    std::string named_ja;
    const std::string with_check = *digits + CheckDigit(*digits);
    const std::string with_zero = "0" + *digits;
    for (const std::string& candidate : {with_check, with_zero}) {
      if (!IsCode(candidate)) continue;
      named += (candidates.empty() ? ": " : " or ") + candidate;
      named_ja += (candidates.empty() ? "（候補：" : "、") + candidate;
      candidates += (candidates.empty() ? "" : " ") + candidate;
    }
    if (!named_ja.empty()) named_ja += "）";
    return MakeError(BaseRow("CODE_AMBIGUOUS"))
        .With("text", text)
        .With("candidates", candidates)
        .Show("named", named)
        .Show("named_ja", named_ja);
  }
  if (!HasPrefecture(*digits)) return BadPrefecture(text);
  const char expected = CheckDigit(std::string_view(*digits).substr(0, 5));
  if ((*digits)[5] != expected) {
    // Another digit may be the wrong one: it is a guess, and said as one.
    const std::string candidate = digits->substr(0, 5) + expected;
    const bool possible = !IsOfPrefecture(candidate);
    return MakeError(BaseRow("CHECK_DIGIT"))
        .With("text", text)
        .With("candidates", possible ? candidate : std::string())
        .Show("named", possible ? ", with which it would be " + candidate : "")
        .Show("named_ja", possible ? "（候補：" + candidate + "）" : "");
  }
  return MunicipalityCode(*digits);
}

absl::StatusOr<MunicipalityCode> MunicipalityCode::ParseFiveDigit(
    std::string_view text) {
  const auto digits = UniformDigits(text);
  if (!digits || digits->size() != 5) {
    return MakeError(BaseRow("CODE_FORMAT"))
        .With("text", text)
        .Show("digits", "five digits of one width, without check digit")
        .Show("digits_ja", "検査数字のない数字5桁（全角か半角の一方）");
  }
  if (!HasPrefecture(*digits)) return BadPrefecture(text);
  if (IsOfPrefecture(*digits)) return OfPrefecture(text);
  return MunicipalityCode(*digits + CheckDigit(*digits));
}

}  // namespace welfare::base
