// Years, ratios and table cells in the report's words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/base/time/date.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// Returns `令和7年度`.
std::string YearWords(int year);
// Returns `令和7`, where there is little room.
std::string ShortYearWords(int year);
// Returns `令和7年度(2025年度)`.
std::string YearWordsWestern(int year);
// Returns `令和7年6月16日～7月11日`; the second year is written where it
// differs.
std::string WindowWords(const base::Date& start, const base::Date& end);
// Returns a number as it is printed: `1,527`, `1,527.5`. Data have no comma.
std::string PrintedNumber(std::string_view number);
// Returns `04`.
std::string TwoDigits(int number);

// Smaller bases are printed as counts: a share of them says more about one
// respondent than about the rest.
inline constexpr int kFewestForPercent = 10;

// Returns `23/30（76.7%）`. REQUIRES: 0 <= count <= base, base > 0: over an
// empty base there is no ratio, and the caller says so in words.
std::string Ratio(int count, int base);
// Returns `23（76.7%）`, and `3` alone of a base below kFewestForPercent.
// REQUIRES: as Ratio.
std::string CountWithPercent(int count, int base);
// Returns `n=30（令和7年度 実施自治体）`, with last year's beside it: what both
// have in common is said once, `計画のある自治体 n=23（令和6年度 n=15）`.
std::string BaseWords(const IndicatorValue& value,
                      const IndicatorValue* previous);
// Returns the year the answers speak of: `令和7年度`, `令和6年度の実績`.
std::string ReferenceWords(const IndicatorValue& value);

// Units of columns: respondents, shares, municipalities.
inline constexpr std::string_view kCountUnit = "件";
inline constexpr std::string_view kPercentUnit = "%";
inline constexpr std::string_view kMunicipalityUnit = "自治体";
// A column of numbers.
Column NumberColumn(std::string key, std::string label, std::string_view unit,
                    std::string group = {});

// A cell that says why there is no number.
TableCell SymbolCell(Symbol symbol);
TableCell NumberCell(long long number);
// A decimal, or the symbol where there is none.
TableCell DecimalCell(const std::optional<std::string>& value);
// A count of which more may be missing: `841以上`.
TableCell LowerBoundCell(const std::string& number);
// A text; the symbol where there is none, since a blank says nothing.
TableCell TextCell(std::string text);

}  // namespace welfare::report
