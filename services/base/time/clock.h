// Instants and the clock interface. No system clock lives here: `platform`
// implements it, tests use a fake.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/time/date.h"

namespace welfare::base {

// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not
// counted. Stored in databases as this number.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp FromMicros(std::int64_t micros) {
    Timestamp timestamp;
    timestamp.micros_ = micros;
    return timestamp;
  }

  // Parses RFC 3339: `2025-06-16T09:00:00Z`, up to six decimals of a second,
  // any offset (`+09:00`). Years 1 to 9999.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason TIMESTAMP_INVALID: another form, no such time,
  //   or more decimals than a microsecond can hold.
  static absl::StatusOr<Timestamp> ParseRfc3339(std::string_view text);

  constexpr std::int64_t micros() const { return micros_; }

  // Returns RFC 3339 in UTC with 0, 3 or 6 decimals, as few as are exact:
  // `2025-06-16T00:00:00Z`.
  // REQUIRES: the instant lies in the years 1 to 9999.
  std::string ToRfc3339() const;

  friend constexpr auto operator<=>(const Timestamp&,
                                    const Timestamp&) = default;
  friend constexpr Timestamp operator+(Timestamp a,
                                       std::chrono::microseconds b) {
    return FromMicros(a.micros_ + b.count());
  }
  friend constexpr Timestamp operator-(Timestamp a,
                                       std::chrono::microseconds b) {
    return FromMicros(a.micros_ - b.count());
  }
  friend constexpr std::chrono::microseconds operator-(Timestamp a,
                                                       Timestamp b) {
    return std::chrono::microseconds(a.micros_ - b.micros_);
  }

 private:
  std::int64_t micros_ = 0;
};

// Says what time it is. Implementations may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
};

// Returns the civil date in Asia/Tokyo (UTC+9, no summer time since 1952) at
// `timestamp`. Survey deadlines are counted in it.
Date DateInTokyo(Timestamp timestamp);

// Returns the first instant of `date` in Asia/Tokyo. A window that ends on
// `date` inclusive ends before `StartOfDayInTokyo` of the next day.
Timestamp StartOfDayInTokyo(const Date& date);

}  // namespace welfare::base
