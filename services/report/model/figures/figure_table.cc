#include "services/report/model/figures/figure_table.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

using base::Absence;

// Counts of respondents with percentages.
Table CountTable(const TwoYears& years) {
  const IndicatorValue& value = years.value;
  Table table;
  table.row_key = "option";
  table.row_label = value.measure != Measure::kHistogram ? "区分"
                    : value.unit == "年度"               ? "年度"
                                                         : "階級";
  const bool own_bases = years.HasOwnBases();
  const auto add_columns = [&](const IndicatorValue& of, std::string prefix) {
    const std::string year = years.YearHeading(of);
    const auto add = [&](const char* key, const char* label,
                         std::string_view unit) {
      table.columns.push_back(NumberColumn(prefix + key, label, unit, year));
    };
    add("count", "回答数", kCountUnit);
    if (own_bases) add("base", "n", kCountUnit);
    add("percent", "割合（%）", kPercentUnit);
  };
  add_columns(value, "");
  if (years.previous != nullptr) add_columns(*years.previous, "previous_");
  const auto add = [own_bases](TableRow& row, int count, int base) {
    row.cells.push_back(NumberCell(count));
    if (own_bases) row.cells.push_back(NumberCell(base));
    row.cells.push_back(DecimalCell(base::FormatPercent(count, base)));
  };
  const auto add_cell = [&](TableRow& row, const ValueCell* cell) {
    if (cell == nullptr || Has(cell->flags, CellFlag::kNoValue)) {
      row.cells.insert(row.cells.end(), own_bases ? 3U : 2U,
                       SymbolCell(Symbol::kNotApplicable));
      return;
    }
    const std::size_t at = row.cells.size();
    add(row, cell->count, cell->base);
    if (Has(cell->flags, CellFlag::kLowerBound)) {
      row.cells[at] = LowerBoundCell(std::to_string(cell->count));
    }
  };
  for (const CellPair& pair : years.Cells()) {
    TableRow row{pair.key, pair.label, {}, false};
    add_cell(row, pair.now);
    if (years.previous != nullptr) add_cell(row, pair.before);
    table.rows.push_back(std::move(row));
  }
  const auto add_row = [&](std::string key, std::string label, auto count_of) {
    TableRow row{std::move(key), std::move(label), {}, true};
    add(row, count_of(value), value.base);
    if (years.previous != nullptr) {
      add(row, count_of(*years.previous), years.previous->base);
    }
    table.rows.push_back(std::move(row));
  };
  for (const Absence kind : years.AbsencesInBase()) {
    add_row(std::string(base::ToString(kind)),
            std::string(base::ToJapanese(kind)),
            [kind](const IndicatorValue& of) { return of.CountOf(kind); });
  }
  add_row("n", "母数（n）", [](const IndicatorValue& of) { return of.base; });
  return table;
}

// Where one of two numbers has a decimal, the other is printed with one: 0.7
// and 1.0. Data stay as they are.
void PrintAlike(TableCell& now, TableCell& before) {
  const auto decimal = [](const TableCell& cell) {
    return cell.data.find('.') != std::string::npos;
  };
  if (decimal(now) == decimal(before)) return;
  TableCell& whole = decimal(now) ? before : now;
  if (!whole.data.empty() && whole.symbol != Symbol::kLowerBound) {
    whole.text += ".0";
  }
}

// Totals, maxima, ranks, means.
Table ValueTable(const TwoYears& years) {
  const IndicatorValue& value = years.value;
  Table table;
  table.row_key = "measure";
  table.row_label = value.measure == Measure::kRank ? "順位" : "区分";
  const std::string unit = value.unit.empty() ? "" : "（" + value.unit + "）";
  const auto add_columns = [&](const IndicatorValue& of, std::string prefix) {
    const std::string year = years.YearHeading(of);
    table.columns.push_back(
        NumberColumn(prefix + "value", "値" + unit, value.unit, year));
    table.columns.push_back(
        NumberColumn(prefix + "count", "回答数", kCountUnit, year));
  };
  add_columns(value, "");
  if (years.previous != nullptr) add_columns(*years.previous, "previous_");
  const auto add_cell = [](TableRow& row, const ValueCell* cell) {
    if (cell == nullptr) {
      row.cells.insert(row.cells.end(), 2U, SymbolCell(Symbol::kNotApplicable));
      return;
    }
    row.cells.push_back(cell->value.has_value() &&
                                Has(cell->flags, CellFlag::kLowerBound)
                            ? LowerBoundCell(*cell->value)
                            : DecimalCell(cell->value));
    row.cells.push_back(NumberCell(cell->count));
  };
  for (const CellPair& pair : years.Cells()) {
    TableRow row{pair.key, pair.label, {}, false};
    add_cell(row, pair.now);
    if (years.previous != nullptr) {
      add_cell(row, pair.before);
      PrintAlike(row.cells[0], row.cells[2]);
    }
    table.rows.push_back(std::move(row));
  }
  const auto add_row = [&](std::string key, std::string label, auto count_of) {
    TableRow row{std::move(key), std::move(label), {}, true};
    row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
    row.cells.push_back(NumberCell(count_of(value)));
    if (years.previous != nullptr) {
      row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
      row.cells.push_back(NumberCell(count_of(*years.previous)));
    }
    table.rows.push_back(std::move(row));
  };
  add_row("answered", "数値の回答",
          [](const IndicatorValue& of) { return of.answered; });
  for (const Absence kind : years.AbsencesInBase()) {
    add_row(std::string(base::ToString(kind)),
            std::string(base::ToJapanese(kind)),
            [kind](const IndicatorValue& of) { return of.CountOf(kind); });
  }
  add_row("n", "母数（n）", [](const IndicatorValue& of) { return of.base; });
  return table;
}

}  // namespace

Table FigureTable(const TwoYears& years) {
  return IsValueMeasure(years.value.measure) ? ValueTable(years)
                                             : CountTable(years);
}

}  // namespace welfare::report
