#include "services/base/time/clock.h"

#include <cstddef>
#include <optional>

#include "services/base/error.h"
#include "services/base/error_table.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
constexpr std::int64_t kTokyoOffset = 9 * 3'600 * kMicrosPerSecond;

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return quotient - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// The two digits at `at`, or nothing.
std::optional<int> TwoDigits(std::string_view text, std::size_t at) {
  if (text.size() < at + 2 || !IsAsciiDigit(text[at]) ||
      !IsAsciiDigit(text[at + 1])) {
    return std::nullopt;
  }
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

void AppendPadded(std::string& out, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

// The microseconds since the epoch, or nothing when `text` is malformed.
std::optional<std::int64_t> ParseMicros(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto date = Date::Parse(text.substr(0, 10));
  const auto hour = TwoDigits(text, 11);
  const auto minute = TwoDigits(text, 14);
  const auto second = TwoDigits(text, 17);
  if (!date.ok() || !hour || !minute || !second || *hour > 23 || *minute > 59 ||
      *second > 59) {
    return std::nullopt;
  }
  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (text[at] == '.') {
    ++at;
    std::int64_t unit = kMicrosPerSecond;
    const std::size_t first = at;
    while (at < text.size() && IsAsciiDigit(text[at])) {
      const int digit = text[at] - '0';
      unit /= 10;
      if (unit == 0 && digit != 0) return std::nullopt;
      fraction += digit * unit;
      ++at;
    }
    if (at == first) return std::nullopt;
  }
  if (at >= text.size()) return std::nullopt;
  std::int64_t offset = 0;
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
  } else if (text[at] == '+' || text[at] == '-') {
    const auto hours = TwoDigits(text, at + 1);
    const auto minutes = TwoDigits(text, at + 4);
    if (!hours || !minutes || text[at + 3] != ':' || *hours > 23 ||
        *minutes > 59) {
      return std::nullopt;
    }
    offset = (*hours * 3'600LL + *minutes * 60LL) * kMicrosPerSecond;
    if (text[at] == '-') offset = -offset;
    at += 6;
  } else {
    return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  return date->days_since_epoch() * kMicrosPerDay +
         (*hour * 3'600LL + *minute * 60LL + *second) * kMicrosPerSecond +
         fraction - offset;
}

}  // namespace

absl::StatusOr<Timestamp> Timestamp::ParseRfc3339(std::string_view text) {
  const auto micros = ParseMicros(text);
  if (!micros) {
    return MakeError(BaseRow("TIMESTAMP_INVALID")).With("text", text);
  }
  return FromMicros(*micros);
}

std::string Timestamp::ToRfc3339() const {
  const std::int64_t days = FloorDiv(micros_, kMicrosPerDay);
  std::int64_t rest = micros_ - days * kMicrosPerDay;
  std::string out = Date::FromDaysSinceEpoch(days).ToString();
  out.push_back('T');
  AppendPadded(out, rest / (3'600 * kMicrosPerSecond), 2);
  rest %= 3'600 * kMicrosPerSecond;
  out.push_back(':');
  AppendPadded(out, rest / (60 * kMicrosPerSecond), 2);
  rest %= 60 * kMicrosPerSecond;
  out.push_back(':');
  AppendPadded(out, rest / kMicrosPerSecond, 2);
  rest %= kMicrosPerSecond;
  if (rest != 0) {
    out.push_back('.');
    if (rest % 1'000 == 0) {
      AppendPadded(out, rest / 1'000, 3);
    } else {
      AppendPadded(out, rest, 6);
    }
  }
  out.push_back('Z');
  return out;
}

Date DateInTokyo(Timestamp timestamp) {
  return Date::FromDaysSinceEpoch(
      FloorDiv(timestamp.micros() + kTokyoOffset, kMicrosPerDay));
}

Timestamp StartOfDayInTokyo(const Date& date) {
  return Timestamp::FromMicros(date.days_since_epoch() * kMicrosPerDay -
                               kTokyoOffset);
}

}  // namespace welfare::base
