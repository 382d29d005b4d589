// Whether a share of this year may be held against last year's: one rule for
// the table of changes, sentences, key figures and feedback sheets.
#pragma once

#include <string>
#include <string_view>

#include "services/report/model/figures/two_years.h"

namespace welfare::report {

// A share of one year. Of `unknown` respondents of its base nobody knows
// whether they belong to the class: the true share lies between count/base and
// (count + unknown)/base. REQUIRES: 0 < base < 2^20.
struct YearShare {
  int count = 0;
  int base = 0;
  int unknown = 0;
};

// Whether more of a base is unknown than is left aside: more than 15 of 100.
bool MuchIsUnknown(const YearShare& share);

// Whether the change from `before` to `now` can be said: in both years no more
// than 15 of 100 are unknown; or no more than half, and no share that is
// possible in one year is possible in the other, so that whatever the unknown
// would have answered, there is a change, and in this direction. Whole numbers.
bool ChangeCanBeSaid(const YearShare& now, const YearShare& before);

// Returns the respondents in the base of `cell` of whom there is an absence
// instead of an answer. Where the cell has a base of its own it is known of the
// whole alone, and this is the most it can be. Whether a text was written is
// known of everybody.
int UnknownIn(const IndicatorValue& value, const ValueCell& cell);

// Returns what hinders by ChangeCanBeSaid, with year and numbers:
// `令和6年度は37のうち36が不詳`. Empty where nothing does, and where one of the
// years has no share.
std::string WhyChangeIsUnknown(const TwoYears& years, const CellPair& pair);
// Returns the same of the class `key`; empty where both years lack it.
std::string WhyChangeIsUnknown(const TwoYears& years, std::string_view key);

// Returns why a class has no difference, whatever the reason: it is of one
// year, has no value or a bound, a base below ten, or WhyChangeIsUnknown. Empty
// where it has one.
std::string WhyNoChange(const TwoYears& years, const CellPair& pair);

// Returns the note below a figure of both years:
// `令和6年度の調査からの増減は示さない（令和6年度は37のうち36が不詳）。` Empty
// where WhyChangeIsUnknown hinders no class that would have a difference
// otherwise.
std::string UnknownChangeNote(const TwoYears& years);

}  // namespace welfare::report
