#include "services/report/model/figures/figure_notes.h"

#include <cstdint>
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/report/model/words.h"
#include "services/vocabulary/small_base.h"

namespace welfare::report {
namespace {

using base::Absence;

// Whether the printed percentages of a single answer add up to 100.0.
bool AddsUp(const IndicatorValue& value) {
  std::int64_t sum = 0;
  for (const ValueCell& cell : value.cells) {
    const auto tenths = base::PercentTenths(cell.count, cell.base);
    if (!tenths.has_value()) return true;  // there is nothing to add up
    sum += *tenths;
  }
  for (const Absence kind : AbsencesInBase(value)) {
    sum += base::PercentTenths(value.CountOf(kind), value.base).value_or(0);
  }
  return value.base == 0 || sum == 1000;
}

// 件数を数えていない回答があるため、合計・最大は少なくともこの値である。
// Nothing where no cell is a lower bound.
std::string LowerBoundWords(const IndicatorValue& value) {
  std::string cells;
  for (const ValueCell& cell : value.cells) {
    if (!Has(cell.flags, CellFlag::kLowerBound)) continue;
    cells += (cells.empty() ? "" : "・") + cell.label;
  }
  if (cells.empty()) return "";
  const std::string cause = !IsValueMeasure(value.measure) ? "記録のない"
                            : value.CountOf(Absence::kNotCounted) > 0
                                ? "件数を数えていない"
                                : "数値のない";
  return cause + "回答があるため、" + cells + "は少なくともこの値である。";
}

// 対象 30 のうち 非該当 7 を除いた 23 を母数とする。
std::string LeftOutWords(const IndicatorValue& value) {
  std::string left_out;
  for (const Absence kind : base::kAllAbsences) {
    if (base::StaysInBase(kind) || value.CountOf(kind) == 0) continue;
    if (!left_out.empty()) left_out += "、";
    left_out += std::string(base::ToJapanese(kind)) + " " +
                std::to_string(value.CountOf(kind));
  }
  if (left_out.empty()) return "";
  return "対象 " + std::to_string(value.population_size) + " のうち " +
         left_out + " を除いた " + std::to_string(value.base) +
         " を母数とする。";
}

}  // namespace

std::vector<std::string> FigureNotes(const TwoYears& years,
                                     const Figure& figure,
                                     bool published_chart_lost) {
  const IndicatorValue& value = years.value;
  const bool counts = !IsValueMeasure(value.measure);
  std::vector<std::string> notes;
  const auto note = [&](std::string text) {
    if (!text.empty()) notes.push_back(std::move(text));
  };
  if (published_chart_lost && years.synthetic && !figure.charts.empty()) {
    note("公表資料ではこの図の数値が残っていない。図は架空データによる作図。");
  }
  if (value.multiple_answer) {
    note(
        "複数回答。割合の母数は回答者数であり、合計は100%"
        "を超えることがある。");
  } else if (value.measure == Measure::kDistribution && !AddsUp(value)) {
    note("割合は四捨五入のため、合計が100.0%にならない。");
  }
  if (value.measure == Measure::kCount && !TwoYears{value}.HasOwnBases()) {
    int sum = 0;
    for (const ValueCell& cell : value.cells) sum += cell.count;
    if (sum > value.base) note("区分は重なるため、合計は母数を超える。");
  }
  note(LeftOutWords(value));
  note(LowerBoundWords(value));
  if (years.previous != nullptr) {
    const std::string words = LowerBoundWords(*years.previous);
    if (!words.empty())
      note(YearWords(years.previous->fiscal_year) + "は、" + words);
  }
  if (value.measure == Measure::kRank && HasInCells(value, CellFlag::kTied)) {
    note("同じ値の回答が複数ある順位がある。");
  }
  if (counts && value.base > 0 && value.base < vocabulary::kSmallBaseLimit) {
    note("母数が小さく、回答1件が " + *base::FormatPercent(1, value.base) +
         " ポイントに当たる。");
  }
  if (years.remeasured) {
    note(YearWords(value.fiscal_year - 1) +
         "は集計の方法が異なるため、並べて示さない。");
  }
  return notes;
}

SheetFacts FigureSheetFacts(const TwoYears& years) {
  const IndicatorValue& value = years.value;
  SheetFacts facts;
  facts.n = value.base;
  facts.short_base = "n=" + std::to_string(value.base);
  if (years.previous != nullptr) {
    facts.short_base += "（" + YearWords(years.previous->reference_year) +
                        " n=" + std::to_string(years.previous->base) + "）";
  }
  const auto look = [&](const IndicatorValue& of) {
    if (IsValueMeasure(of.measure)) return;
    facts.rounding =
        facts.rounding || (!of.multiple_answer &&
                           of.measure == Measure::kDistribution && !AddsUp(of));
    if (of.base >= kFewestForPercent && of.base < vocabulary::kSmallBaseLimit) {
      facts.small_bases.push_back(of.base);
    }
  };
  look(value);
  if (years.previous != nullptr) look(*years.previous);
  for (std::string words : {LeftOutWords(value), LowerBoundWords(value)}) {
    if (!words.empty()) facts.remarks.push_back(std::move(words));
  }
  if (years.remeasured) {
    facts.remarks.push_back(YearWords(value.fiscal_year - 1) +
                            "は集計の方法が異なるため、並べて示さない。");
  }
  return facts;
}

}  // namespace welfare::report
