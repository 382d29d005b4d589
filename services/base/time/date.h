// Civil dates of the proleptic Gregorian calendar, years 1 to 9999.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::base {

// A day that exists.
//
// Invariants: 1 <= year <= 9999; month and day form a day of that year.
class Date {
 public:
  // 1970-01-01.
  constexpr Date() = default;

  // Returns the date of these parts.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason DATE_INVALID: there is no such day.
  static absl::StatusOr<Date> Make(int year, int month, int day);

  // Parses ISO 8601 `YYYY-MM-DD`, exactly ten ASCII characters.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason DATE_FORMAT: another form.
  //   INVALID_ARGUMENT, reason DATE_INVALID: there is no such day.
  static absl::StatusOr<Date> Parse(std::string_view text);

  // Returns the date `days` after (before, when negative) 1970-01-01.
  // REQUIRES: the result lies in the years 1 to 9999.
  static Date FromDaysSinceEpoch(std::int64_t days);

  int year() const { return year_; }
  int month() const { return month_; }
  int day() const { return day_; }

  // Days since 1970-01-01; negative before.
  std::int64_t days_since_epoch() const;

  // Returns `YYYY-MM-DD`.
  std::string ToString() const;

  friend auto operator<=>(const Date&, const Date&) = default;

 private:
  constexpr Date(int year, int month, int day)
      : year_(static_cast<std::int16_t>(year)),
        month_(static_cast<std::int8_t>(month)),
        day_(static_cast<std::int8_t>(day)) {}

  std::int16_t year_ = 1970;
  std::int8_t month_ = 1;
  std::int8_t day_ = 1;
};

}  // namespace welfare::base
