#include "services/base/time/fiscal_year.h"

#include <algorithm>
#include <cassert>

#include "services/base/error.h"
#include "services/base/error_table.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {

absl::StatusOr<FiscalYear> FiscalYear::Make(int year) {
  if (year < kMin || year > kMax) {
    return MakeError(BaseRow("FISCAL_YEAR_RANGE")).With("year", year);
  }
  return FiscalYear(year);
}

absl::StatusOr<FiscalYear> FiscalYear::Parse(std::string_view text) {
  if (text.size() != 4 || !std::ranges::all_of(text, IsAsciiDigit)) {
    return MakeError(BaseRow("FISCAL_YEAR_FORMAT")).With("text", text);
  }
  int year = 0;
  for (const char c : text) year = year * 10 + (c - '0');
  return Make(year);
}

absl::StatusOr<FiscalYear> FiscalYear::FromDate(const Date& date) {
  return Make(date.month() >= 4 ? date.year() : date.year() - 1);
}

FiscalYear FiscalYear::FromChecked(int year) {
  assert(year >= kMin && year <= kMax);
  return FiscalYear(year);
}

Date FiscalYear::first_day() const { return *Date::Make(year_, 4, 1); }

Date FiscalYear::last_day() const { return *Date::Make(year_ + 1, 3, 31); }

bool FiscalYear::Contains(const Date& date) const {
  return first_day() <= date && date <= last_day();
}

}  // namespace welfare::base
