#include "services/report/model/figures/written_tables.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/report/model/figures/figure_chart.h"
#include "services/report/model/figures/two_years.h"
#include "services/report/model/words.h"
#include "services/vocabulary/small_base.h"

namespace welfare::report {
namespace {

// The rows of several items and their years, in the order of the first; what
// only a later one has follows.
std::vector<CellPair> RowsOf(const std::vector<MatrixItem>& items) {
  std::vector<CellPair> rows;
  for (const MatrixItem& item : items) {
    for (CellPair& cell : item.years.Cells()) {
      if (std::ranges::find(rows, cell.key, &CellPair::key) == rows.end()) {
        rows.push_back(std::move(cell));
      }
    }
  }
  return rows;
}

// The bases of several items, each said once.
class Bases {
 public:
  void Add(const IndicatorValue& value, const IndicatorValue* previous) {
    std::string words = BaseWords(value, previous);
    if (std::ranges::find(said_, words) == said_.end()) {
      said_.push_back(std::move(words));
    }
  }
  std::string Take() const {
    std::string all;
    for (const std::string& words : said_) {
      all += (all.empty() ? "" : "　") + words;
    }
    return all;
  }

 private:
  std::vector<std::string> said_;
};

void AddCounts(TableRow& row, int count, int base) {
  row.cells.push_back(NumberCell(count));
  row.cells.push_back(NumberCell(base));
  row.cells.push_back(DecimalCell(base::FormatPercent(count, base)));
}

// An item of a matrix in one year.
struct MatrixColumn {
  const MatrixItem& item;
  const IndicatorValue& value;
  bool last_year = false;
};

}  // namespace

Figure WrittenTable(const Snapshot& snapshot,
                    const std::vector<const IndicatorValue*>& values) {
  const int year = snapshot.round.fiscal_year;
  Figure figure;
  figure.year = YearWords(year);
  Bases bases;
  for (const IndicatorValue* value : values) bases.Add(*value, nullptr);
  figure.base = bases.Take();
  figure.table.row_key = "item";
  figure.table.row_label = "設問";
  std::vector<TwoYears> items;
  for (const IndicatorValue* value : values) {
    items.push_back(BothYears(snapshot, *value));
    figure.has_previous =
        figure.has_previous || items.back().previous != nullptr;
  }
  const bool last_synthetic =
      figure.has_previous && snapshot.previous_round->synthetic;
  const bool only_one =
      figure.has_previous && snapshot.round.synthetic != last_synthetic;
  const auto heading = [only_one](int of, bool synthetic) {
    return YearWords(of) + (only_one && synthetic ? "（架空）" : "");
  };
  const std::string now = heading(year, snapshot.round.synthetic);
  figure.table.columns = {{"population", "対象", Column::Kind::kText},
                          NumberColumn("count", "記入あり", kCountUnit, now),
                          NumberColumn("base", "n", kCountUnit, now),
                          NumberColumn("percent", "割合（%）", kPercentUnit,
                                       now)};
  if (figure.has_previous) {
    const std::string before = heading(year - 1, last_synthetic);
    figure.table.columns.push_back(
        NumberColumn("previous_count", "記入あり", kCountUnit, before));
    figure.table.columns.push_back(
        NumberColumn("previous_base", "n", kCountUnit, before));
  }
  for (const TwoYears& item : items) {
    TableRow row{item.value.id, item.value.label, {}, false};
    row.cells.push_back(TextCell(item.value.population_label));
    AddCounts(row, item.value.answered, item.value.base);
    if (figure.has_previous && item.previous != nullptr) {
      row.cells.push_back(NumberCell(item.previous->answered));
      row.cells.push_back(NumberCell(item.previous->base));
    } else if (figure.has_previous) {
      row.cells.insert(row.cells.end(), 2U, SymbolCell(Symbol::kNotApplicable));
    }
    figure.table.rows.push_back(std::move(row));
  }
  return figure;
}

Figure PhaseTable(const std::vector<MatrixItem>& items, std::string title) {
  Figure figure;
  figure.title = std::move(title);
  figure.year = ReferenceWords(items.front().years.value);
  figure.multiple_answer = true;
  figure.table.row_key = "phase";
  figure.table.row_label = "段階";
  // Every column of the table: all of this year first, as everywhere.
  std::vector<MatrixColumn> columns;
  Bases bases;
  for (const MatrixItem& item : items) {
    columns.push_back({item, item.years.value});
    bases.Add(item.years.value, item.years.previous);
    figure.has_previous =
        figure.has_previous || item.years.previous != nullptr;
  }
  for (const MatrixItem& item : items) {
    if (item.years.previous != nullptr) {
      columns.push_back({item, *item.years.previous, true});
    }
  }
  figure.base = bases.Take();
  Chart chart;
  chart.kind = Chart::Kind::kMatrix;
  chart.title = figure.title + "　" + figure.base + "（複数回答）";
  chart.unit = "%";
  for (const MatrixColumn& column : columns) {
    const std::string key =
        (column.last_year ? "previous_" : "") + column.value.id;
    const std::string heading =
        (figure.has_previous
             ? column.item.years.YearHeading(column.value) + "　"
             : "") +
        column.item.label;
    const auto add = [&](const char* of, const char* label,
                         std::string_view unit) {
      figure.table.columns.push_back(
          NumberColumn(key + of, label, unit, heading));
    };
    add("_count", "記入あり", kCountUnit);
    add("_base", "n", kCountUnit);
    add("_percent", "割合（%）", kPercentUnit);
    const int base = column.value.base;
    if (base >= kFewestForPercent && base < vocabulary::kSmallBaseLimit) {
      figure.sheet.small_bases.push_back(base);
    }
  }
  // In the chart the years of an item stand below each other.
  std::vector<const IndicatorValue*> lines;
  for (const MatrixItem& item : items) {
    for (const IndicatorValue* value :
         {&item.years.value, item.years.previous}) {
      if (value == nullptr) continue;
      const std::string n = "n=" + std::to_string(value->base);
      Chart::Series series;
      series.whole = value->base;
      if (figure.has_previous) {
        series.item = item.label;
        series.label = item.years.YearHeading(*value) + "　" + n;
      } else {
        series.label = item.label + "　" + n;
      }
      chart.series.push_back(std::move(series));
      lines.push_back(value);
    }
  }
  for (const CellPair& named : RowsOf(items)) {
    TableRow row{named.key, named.label, {}, false};
    chart.categories.push_back({named.label});
    for (const MatrixColumn& column : columns) {
      const ValueCell* cell = column.value.FindCell(named.key);
      if (cell != nullptr) {
        AddCounts(row, cell->count, cell->base);
      } else {
        row.cells.insert(row.cells.end(), 3U,
                         SymbolCell(Symbol::kNotApplicable));
      }
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      chart.series[i].points.push_back(
          CountPoint(lines[i]->FindCell(named.key)));
    }
    figure.table.rows.push_back(std::move(row));
  }
  TableRow any{"answered", "いずれかに記入", {}, true};
  for (const MatrixColumn& column : columns) {
    AddCounts(any, column.value.answered, column.value.base);
  }
  figure.table.rows.push_back(std::move(any));
  if (std::ranges::any_of(columns, [](const MatrixColumn& column) {
        return column.value.base > 0;
      })) {
    figure.charts.push_back(std::move(chart));
  }
  return figure;
}

Figure ExcerptTable(const Snapshot& snapshot,
                    const std::vector<std::string>& ids) {
  Figure figure;
  figure.year = YearWords(snapshot.round.fiscal_year);
  figure.quoted = true;
  figure.table.row_key = "excerpt";
  figure.table.row_label = "分類";
  figure.table.columns = {{"text", "記述", Column::Kind::kText},
                          {"respondent", "記入者", Column::Kind::kText}};
  std::vector<std::string> items;  // in the order of the rows
  std::map<std::string, int> shown;
  for (const std::string& id : ids) {
    const auto found =
        std::ranges::find(snapshot.excerpts, id, &PrintedExcerpt::id);
    if (found == snapshot.excerpts.end()) continue;
    TableRow row{found->id, found->category, {}, false};
    row.cells.push_back(TextCell(found->text));
    row.cells.push_back(TextCell(found->respondent));
    figure.table.rows.push_back(std::move(row));
    if (shown[found->item]++ == 0) items.push_back(found->item);
  }
  for (const std::string& item : items) {
    const auto value = snapshot.values.find(item.substr(0, item.find('/')));
    if (value == snapshot.values.end()) continue;
    std::string words = "「" + value->second.label + "」の記述" +
                        std::to_string(value->second.answered) + "件のうち" +
                        std::to_string(shown[item]) + "件を掲載。";
    figure.sheet.remarks.push_back(words);
    figure.notes.push_back(std::move(words));
  }
  constexpr std::string_view kEdited =
      "記述は、回答者の同意を得て、固有名詞を伏せるなど編集したもの。";
  figure.sheet.remarks.emplace_back(kEdited);
  figure.notes.emplace_back(kEdited);
  return figure;
}

}  // namespace welfare::report
