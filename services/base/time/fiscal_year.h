// Japanese fiscal years.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/time/date.h"

namespace welfare::base {

// The fiscal year N: 1 April N to 31 March N+1. Stored and sent as the number
// N; era forms (令和7年度) are read and written by `era.h`.
class FiscalYear {
 public:
  static constexpr int kMin = 1900;
  static constexpr int kMax = 2999;

  // Returns the fiscal year that begins in `year`.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason FISCAL_YEAR_RANGE: outside kMin to kMax.
  static absl::StatusOr<FiscalYear> Make(int year);

  // Parses four ASCII digits: `2025`.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason FISCAL_YEAR_FORMAT: anything else.
  //   INVALID_ARGUMENT, reason FISCAL_YEAR_RANGE: outside kMin to kMax.
  static absl::StatusOr<FiscalYear> Parse(std::string_view text);

  // Returns the fiscal year that contains `date`: 2026-03-31 is in FY2025.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason FISCAL_YEAR_RANGE: outside kMin to kMax.
  static absl::StatusOr<FiscalYear> FromDate(const Date& date);

  // REQUIRES: kMin <= year <= kMax. For constants and values already checked.
  static FiscalYear FromChecked(int year);

  int value() const { return year_; }
  Date first_day() const;
  Date last_day() const;
  bool Contains(const Date& date) const;

  // Returns `2025`.
  std::string ToString() const { return std::to_string(year_); }

  // The year `offset` later. REQUIRES: the result lies within kMin to kMax.
  friend FiscalYear operator+(FiscalYear year, int offset) {
    return FromChecked(year.year_ + offset);
  }
  friend FiscalYear operator-(FiscalYear year, int offset) {
    return FromChecked(year.year_ - offset);
  }
  friend int operator-(FiscalYear a, FiscalYear b) { return a.year_ - b.year_; }
  friend auto operator<=>(const FiscalYear&, const FiscalYear&) = default;

 private:
  explicit FiscalYear(int year) : year_(year) {}

  int year_;
};

}  // namespace welfare::base
