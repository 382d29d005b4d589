// Years and fiscal years in the Japanese eras Heisei and Reiwa, both ways.
//
// Spellings that are read: 令和7年度, R7年度, 令和元年度, ２０２５年度,
// 令和七年度, 令和7年度(2025年度), 2025. An era year is its year number: 令和N
// is N + 2018, 平成N is N + 1988. The year 2019 has two names: 平成31年度 and
// 令和元年度 are both FY2019. 平成 ends with the year 31: Heisei 32 is refused.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/time/fiscal_year.h"

namespace welfare::base {

// Parses a fiscal year in any spelling above, with or without 年度.
//
// Errors, all INVALID_ARGUMENT:
//   ERA_FORMAT: none of the spellings, or a calendar year (`令和7年`).
//   ERA_YEAR_ZERO: the year 0 of an era; the first is 元年 or 1年.
//   ERA_YEAR_RANGE: a year the era did not have.
//   ERA_MISMATCH: the year in parentheses is another one.
absl::StatusOr<FiscalYear> ParseFiscalYearWords(std::string_view text);

// Parses a calendar year (令和7年, R7, 2025年, 令和5年(2023年)) to its number.
// Heisei 31 ends on 30 April 2019 and Reiwa begins the day after; as a year
// both are 2019.
//
// Errors: as ParseFiscalYearWords; 年度 is ERA_FORMAT.
absl::StatusOr<int> ParseYearWords(std::string_view text);

enum class EraStyle {
  kLong,             // 令和7年度, 令和元年度
  kShort,            // R7, R1
  kLongWithWestern,  // 令和7年度(2025年度), 令和元年度(2019年度)
};

// Formats the fiscal year; FY2019 and later are Reiwa, FY1989 to FY2018
// Heisei. Earlier years are Western in every style: 1988年度.
std::string FormatFiscalYear(FiscalYear year, EraStyle style);

// Formats a calendar year, 2019 as 令和元年: 令和7年, R7, 令和7年(2025年).
std::string FormatYear(int year, EraStyle style);

}  // namespace welfare::base
