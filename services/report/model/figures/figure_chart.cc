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

// The whole number `value` is, if it is one.
std::optional<int> WholeNumber(const std::optional<std::string>& value) {
  if (!value.has_value()) return std::nullopt;
  int number = 0;
  const char* const end = value->data() + value->size();
  const auto [read, error] = std::from_chars(value->data(), end, number);
  if (error != std::errc() || read != end || number < 0) return std::nullopt;
  return number;
}

Style StyleOf(const IndicatorValue& value, Style asked) {
  if (asked == Style::kAuto) {
    if (!value.measure.has_value()) return Style::kNone;
    switch (*value.measure) {
      case Measure::kDistribution:
        return value.multiple_answer ? Style::kBars : Style::kStacked;
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
  // A multiple answer has no whole to divide.
  if (asked == Style::kStacked && value.multiple_answer) return Style::kBars;
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
  return {*amount, std::to_string(*amount) + unit +
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

}  // namespace

Chart::Point CountPoint(const ValueCell* cell) {
  if (cell == nullptr || cell->base == 0 ||
      Has(cell->flags, CellFlag::kNoValue)) {
    return AbsentPoint();
  }
  return {cell->count, CountWithPercent(cell->count, cell->base), cell->base};
}

std::optional<Chart> FigureChart(const TwoYears& years, Style asked,
                                 std::string title) {
  const IndicatorValue& value = years.value;
  const Style style = StyleOf(value, asked);
  if (style == Style::kNone || value.base == 0) return std::nullopt;
  const bool values = IsValueMeasure(value.measure);
  Chart chart;
  chart.title = std::move(title);
  chart.kind = style == Style::kStacked   ? Chart::Kind::kStacked
               : style == Style::kColumns ? Chart::Kind::kColumns
                                          : Chart::Kind::kBars;
  const std::vector<CellPair> cells = DrawnCells(years);
  for (const CellPair& pair : cells) {
    chart.categories.push_back({pair.label, false});
  }
  const std::vector<base::Absence> absences =
      values ? std::vector<base::Absence>() : years.AbsencesInBase();
  for (const base::Absence kind : absences) {
    chart.categories.push_back({std::string(base::ToJapanese(kind)), true});
  }
  if (chart.categories.empty()) return std::nullopt;
  const auto series = [&](const IndicatorValue& of, auto cell_of) {
    Chart::Series result;
    result.label = years.YearHeading(of) + "　n=" + std::to_string(of.base);
    result.whole = of.base;
    for (const CellPair& pair : cells) {
      result.points.push_back(values ? ValuePoint(cell_of(pair), value.unit)
                                     : CountPoint(cell_of(pair)));
    }
    for (const base::Absence kind : absences) {
      const int count = of.CountOf(kind);
      result.points.push_back({count, CountWithPercent(count, of.base)});
    }
    return result;
  };
  chart.series.push_back(
      series(value, [](const CellPair& pair) { return pair.now; }));
  if (years.previous != nullptr && years.previous->base > 0) {
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
    chart.unit = chart.kind == Chart::Kind::kColumns ? "回答数" : "%";
  }
  return chart;
}

}  // namespace welfare::report
