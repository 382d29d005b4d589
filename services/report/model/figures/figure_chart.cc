#include "services/report/model/figures/figure_chart.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "services/report/model/words.h"

namespace welfare::report {
namespace {

using Style = TemplateBlock::ChartStyle;
using Scale = TemplateBlock::Scale;

constexpr std::size_t kMostStackedClasses = 4;

// The whole number `value` is, if it is one.
std::optional<int> WholeNumber(const std::optional<std::string>& value) {
  if (!value.has_value()) return std::nullopt;
  int number = 0;
  const char* const end = value->data() + value->size();
  const auto [read, error] = std::from_chars(value->data(), end, number);
  if (error != std::errc() || read != end || number < 0) return std::nullopt;
  return number;
}

Style StyleOf(const IndicatorValue& value, Style asked, std::size_t classes) {
  if (asked == Style::kAuto) {
    if (!value.measure.has_value()) return Style::kNone;
    switch (*value.measure) {
      case Measure::kDistribution:
        if (value.multiple_answer) return Style::kBars;
        // More classes than that are not told apart by their fill.
        return classes > kMostStackedClasses ? Style::kColumns
                                             : Style::kStacked;
      case Measure::kCount:
        // One condition needs no drawing beside its row.
        return value.cells.size() > 1 ? Style::kBars : Style::kNone;
      case Measure::kHistogram:
        return Style::kColumns;
      case Measure::kRank:
        return Style::kBars;
      default:
        return Style::kNone;
    }
  }
  // A multiple answer has no whole to divide, nor have many classes.
  if (asked == Style::kStacked || asked == Style::kDonut) {
    if (value.multiple_answer) return Style::kBars;
    if (classes > kMostStackedClasses) return Style::kColumns;
  }
  return asked;
}

Chart::Point AbsentPoint() {
  Chart::Point point;
  point.absent = true;
  point.label = SymbolText(Symbol::kNotApplicable);
  return point;
}

Chart::Point ValuePoint(const ValueCell* cell, const std::string& unit) {
  const std::optional<int> amount =
      cell == nullptr ? std::nullopt : WholeNumber(cell->value);
  if (!amount.has_value()) return AbsentPoint();
  return {*amount, PrintedNumber(std::to_string(*amount)) + unit +
                       (Has(cell->flags, CellFlag::kLowerBound)
                            ? SymbolText(Symbol::kLowerBound)
                            : "")};
}

// Rows a chart can draw: of values, those that are a whole number in a year.
std::vector<CellPair> DrawnCells(const TwoYears& years) {
  std::vector<CellPair> cells = years.Cells();
  if (IsValueMeasure(years.value.measure)) {
    std::erase_if(cells, [](const CellPair& pair) {
      return ValuePoint(pair.now, "").absent &&
             ValuePoint(pair.before, "").absent;
    });
  }
  return cells;
}

// Rows of a multiple answer: the most chosen first, what names nothing last.
void SortByCount(std::vector<CellPair>& cells) {
  const auto role = [](const CellPair& pair) {
    const ValueCell& cell = pair.now != nullptr ? *pair.now : *pair.before;
    return cell.role == OptionRole::kAnswer  ? 0
           : cell.role == OptionRole::kOther ? 1
                                             : 2;
  };
  const auto count = [](const CellPair& pair) {
    return pair.now == nullptr ? 0 : pair.now->count;
  };
  std::stable_sort(cells.begin(), cells.end(),
                   [&](const CellPair& a, const CellPair& b) {
                     if (role(a) != role(b)) return role(a) < role(b);
                     return role(a) == 0 && count(a) > count(b);
                   });
}

// Takes the options out that nobody chose in either year, and returns the
// words that stand in their place: 「該当なし」は0（両年度）.
std::string TakeUnchosen(const TwoYears& years, std::vector<CellPair>& cells) {
  const auto unchosen = [&](const CellPair& pair) {
    return (pair.now != nullptr || pair.before != nullptr) &&
           (pair.now == nullptr || pair.now->count == 0) &&
           (pair.before == nullptr || pair.before->count == 0);
  };
  if (std::ranges::all_of(cells, unchosen)) return "";
  std::string words;
  for (const CellPair& pair : cells) {
    if (unchosen(pair)) words += "「" + pair.label + "」";
  }
  std::erase_if(cells, unchosen);
  if (words.empty()) return "";
  return words + "は0" + (years.previous != nullptr ? "（両年度）" : "");
}

// `2/5` and, of a base that bears a share, `（40.0%）`.
std::string OfOwnBase(const ValueCell& cell) {
  if (cell.base >= kFewestForPercent) return Ratio(cell.count, cell.base);
  return std::to_string(cell.count) + "/" + std::to_string(cell.base);
}

}  // namespace

Chart::Point CountPoint(const ValueCell* cell) {
  if (cell == nullptr || cell->base == 0 ||
      Has(cell->flags, CellFlag::kNoValue)) {
    return AbsentPoint();
  }
  return {cell->count, CountWithPercent(cell->count, cell->base), cell->base};
}

std::optional<Chart> FigureChart(const TwoYears& years, Style asked,
                                 Scale scale, std::string title) {
  const IndicatorValue& value = years.value;
  if (value.base == 0) return std::nullopt;
  const bool values = IsValueMeasure(value.measure);
  Chart chart;
  std::vector<CellPair> cells = DrawnCells(years);
  const Style style = StyleOf(value, asked, cells.size());
  if (style == Style::kNone) return std::nullopt;
  chart.title = std::move(title);
  chart.kind = style == Style::kStacked   ? Chart::Kind::kStacked
               : style == Style::kColumns ? Chart::Kind::kColumns
               : style == Style::kDonut   ? Chart::Kind::kDonut
                                          : Chart::Kind::kBars;
  chart.ordered = scale != Scale::kUnordered;
  if (chart.kind == Chart::Kind::kBars && value.multiple_answer) {
    chart.aside = TakeUnchosen(years, cells);
    if (scale != Scale::kOrdered) SortByCount(cells);
  }
  for (const CellPair& pair : cells) chart.categories.push_back({pair.label});
  const std::vector<base::Absence> absences =
      values ? std::vector<base::Absence>() : years.AbsencesInBase();
  for (const base::Absence kind : absences) {
    chart.categories.push_back({std::string(base::ToJapanese(kind)), kind});
  }
  if (chart.categories.empty()) return std::nullopt;
  const bool own_bases = years.HasOwnBases();
  const auto series = [&](const IndicatorValue& of, auto cell_of) {
    Chart::Series result;
    result.label = years.YearHeading(of) + "　n=" + std::to_string(of.base);
    result.whole = of.base;
    for (const CellPair& pair : cells) {
      result.points.push_back(values ? ValuePoint(cell_of(pair), value.unit)
                                     : CountPoint(cell_of(pair)));
      if (own_bases && !values && !result.points.back().absent) {
        result.points.back().label = OfOwnBase(*cell_of(pair));
      }
    }
    for (const base::Absence kind : absences) {
      const int count = of.CountOf(kind);
      result.points.push_back({count, CountWithPercent(count, of.base)});
    }
    return result;
  };
  chart.series.push_back(
      series(value, [](const CellPair& pair) { return pair.now; }));
  if (years.previous != nullptr && years.previous->base > 0 &&
      chart.kind != Chart::Kind::kDonut) {
    chart.series.push_back(series(
        *years.previous, [](const CellPair& pair) { return pair.before; }));
  }
  if (values) {
    // Bars of plain values are drawn against the largest of them.
    int largest = 1;
    for (const Chart::Series& one : chart.series) {
      for (const Chart::Point& point : one.points) {
        largest = std::max(largest, point.amount);
      }
    }
    for (Chart::Series& one : chart.series) one.whole = largest;
    chart.unit = value.unit;
  } else {
    chart.unit = "%";
  }
  return chart;
}

}  // namespace welfare::report
