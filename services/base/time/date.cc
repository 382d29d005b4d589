#include "services/base/time/date.h"

#include <cassert>
#include <chrono>
#include <cstddef>

#include "services/base/error.h"
#include "services/base/error_table.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {
namespace {

void AppendPadded(std::string& out, int number, std::size_t width) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

int DigitsAt(std::string_view text, std::size_t from, std::size_t count) {
  int number = 0;
  for (const char c : text.substr(from, count))
    number = number * 10 + (c - '0');
  return number;
}

}  // namespace

absl::StatusOr<Date> Date::Make(int year, int month, int day) {
  const std::chrono::year_month_day candidate{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
      day > 31 || !candidate.ok()) {
    return MakeError(BaseRow("DATE_INVALID"))
        .With("year", year)
        .With("month", month)
        .With("day", day);
  }
  return Date(year, month, day);
}

absl::StatusOr<Date> Date::Parse(std::string_view text) {
  bool well_formed = text.size() == 10;
  for (std::size_t i = 0; well_formed && i < text.size(); ++i) {
    well_formed = (i == 4 || i == 7) ? text[i] == '-' : IsAsciiDigit(text[i]);
  }
  if (!well_formed) {
    return MakeError(BaseRow("DATE_FORMAT")).With("text", text);
  }
  return Make(DigitsAt(text, 0, 4), DigitsAt(text, 5, 2), DigitsAt(text, 8, 2));
}

Date Date::FromDaysSinceEpoch(std::int64_t days) {
  const std::chrono::year_month_day civil{
      std::chrono::sys_days(std::chrono::days(days))};
  const int year = static_cast<int>(civil.year());
  assert(year >= 1 && year <= 9999);
  return Date(year, static_cast<int>(static_cast<unsigned>(civil.month())),
              static_cast<int>(static_cast<unsigned>(civil.day())));
}

std::int64_t Date::days_since_epoch() const {
  const std::chrono::sys_days days = std::chrono::year_month_day{
      std::chrono::year(year_),
      std::chrono::month(static_cast<unsigned>(month_)),
      std::chrono::day(static_cast<unsigned>(day_))};
  return days.time_since_epoch().count();
}

std::string Date::ToString() const {
  std::string out;
  AppendPadded(out, year_, 4);
  out.push_back('-');
  AppendPadded(out, month_, 2);
  out.push_back('-');
  AppendPadded(out, day_, 2);
  return out;
}

}  // namespace welfare::base
