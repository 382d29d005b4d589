#include "services/report/model/words.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/base/time/era.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::report {

std::string YearWords(int year) {
  return base::FormatFiscalYear(base::FiscalYear::FromChecked(year),
                                base::EraStyle::kLong);
}

std::string ShortYearWords(int year) {
  std::string words = YearWords(year);
  constexpr std::string_view kEnd = "年度";
  if (words.ends_with(kEnd)) words.resize(words.size() - kEnd.size());
  return words;
}

std::string YearWordsWestern(int year) {
  return base::FormatFiscalYear(base::FiscalYear::FromChecked(year),
                                base::EraStyle::kLongWithWestern);
}

std::string WindowWords(const base::Date& start, const base::Date& end) {
  const auto day = [](const base::Date& date) {
    return std::to_string(date.month()) + "月" + std::to_string(date.day()) +
           "日";
  };
  const auto year = [](const base::Date& date) {
    return base::FormatYear(date.year(), base::EraStyle::kLong);
  };
  return year(start) + day(start) + "～" +
         (start.year() == end.year() ? "" : year(end)) + day(end);
}

std::string PrintedNumber(std::string_view number) {
  constexpr std::size_t kGroup = 3;
  const std::size_t first = number.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string text(number.substr(0, first));
  for (std::size_t i = first; i < point; ++i) {
    if (i > first && (point - i) % kGroup == 0) text += ',';
    text += number[i];
  }
  text += number.substr(point);
  return text;
}

std::string TwoDigits(int number) {
  std::string text = std::to_string(number);
  return text.size() < 2 ? "0" + text : text;
}

std::string Ratio(int count, int base) {
  return std::to_string(count) + "/" + std::to_string(base) + "（" +
         *base::FormatPercent(count, base) + "%）";
}

std::string CountWithPercent(int count, int base) {
  if (base < kFewestForPercent) return std::to_string(count);
  return std::to_string(count) + "（" + *base::FormatPercent(count, base) +
         "%）";
}

std::string BaseWords(const IndicatorValue& value,
                      const IndicatorValue* previous) {
  const std::string n = "n=" + std::to_string(value.base);
  if (previous == nullptr) return n + "（" + value.population_label + "）";
  const std::string before = "n=" + std::to_string(previous->base);
  if (previous->population_label == value.population_label) {
    return value.population_label + " " + n + "（" +
           YearWords(previous->reference_year) + " " + before + "）";
  }
  return n + "（" + value.population_label + "）　比較 " + before + "（" +
         previous->population_label + "）";
}

std::string ReferenceWords(const IndicatorValue& value) {
  return YearWords(value.reference_year) +
         (value.reference_year == value.fiscal_year ? "" : "の実績");
}

Column NumberColumn(std::string key, std::string label, std::string_view unit,
                    std::string group) {
  return {std::move(key), std::move(label), Column::Kind::kNumber,
          std::move(group), std::string(unit)};
}

TableCell SymbolCell(Symbol symbol) { return {SymbolText(symbol), "", symbol}; }

TableCell NumberCell(long long number) {
  const std::string data = std::to_string(number);
  return {PrintedNumber(data), data,
          number == 0 ? Symbol::kZero : Symbol::kNone};
}

TableCell DecimalCell(const std::optional<std::string>& value) {
  if (!value.has_value()) return SymbolCell(Symbol::kNotApplicable);
  return {PrintedNumber(*value), *value,
          *value == "0" ? Symbol::kZero : Symbol::kNone};
}

TableCell LowerBoundCell(const std::string& number) {
  return {PrintedNumber(number) + SymbolText(Symbol::kLowerBound), number,
          Symbol::kLowerBound};
}

TableCell TextCell(std::string text) {
  if (text.empty()) return SymbolCell(Symbol::kNotApplicable);
  TableCell cell;
  cell.text = text;
  cell.data = std::move(text);
  return cell;
}

}  // namespace welfare::report
