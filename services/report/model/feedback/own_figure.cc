#include "services/report/model/feedback/own_figure.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "services/report/model/figures/change_rule.h"
#include "services/report/model/figures/figure_notes.h"
#include "services/report/model/figures/figure_table.h"
#include "services/report/model/layout.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

constexpr std::string_view kOwn = "own";
constexpr std::string_view kPreviousOwn = "previous_own";
constexpr std::string_view kOwnLabel = "貴団体";

// A cell of the respondent's column; one without a mark is empty, as on the
// questionnaire.
TableCell OwnCell(std::string text) {
  TableCell cell;
  cell.text = text;
  cell.data = std::move(text);
  return cell;
}

// How many stand behind a value of one year.
int ShownOf(const IndicatorValue& value) {
  return IsValueMeasure(value.measure) ? value.answered : value.base;
}

// Takes out of the table what would show somebody else's answer, and shares of
// few; says so in the notes.
void Withhold(const TwoYears& years, Table& table,
              std::vector<std::string>& notes) {
  const auto look = [&](const IndicatorValue& value, bool previous) {
    const bool none = ShownOf(value) < kFewestShown;
    const bool no_shares = value.base < kFewestForPercent;
    bool withheld = false;
    bool shares = false;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
      if (IsOfPreviousYear(column) != previous) continue;
      for (TableRow& row : table.rows) {
        if (none && row.key != kBaseRow) {
          row.cells[i] = SymbolCell(Symbol::kSuppressed);
          withheld = true;
        } else if (no_shares && MeasureKey(column) == "percent") {
          row.cells[i] = SymbolCell(Symbol::kNotApplicable);
          shares = true;
        }
      }
    }
    const std::string year =
        previous ? YearWords(value.reference_year) + "は、" : "";
    if (withheld) {
      notes.push_back(year +
                      "集計の対象が2団体以下のため、集計値を示さない（X）。");
    } else if (shares && value.base > 0) {
      notes.push_back(year + "母数が10に満たないため、割合を示さない。");
    } else if (shares) {
      notes.push_back(year + "対象の団体がなく、割合は定まらない。");
    }
  };
  look(years.value, false);
  if (years.previous != nullptr) look(*years.previous, true);
}

// The row of a table that stands for an option or an absence, added where the
// figures have none.
TableRow& RowOf(Table& table, const std::string& key, const std::string& label,
                bool muted) {
  const auto found = std::ranges::find(table.rows, key, &TableRow::key);
  if (found != table.rows.end()) return *found;
  TableRow row{key, label, {}, muted};
  for (const Column& column : table.columns) {
    const bool own = column.key == kOwn || column.key == kPreviousOwn;
    row.cells.push_back(own ? OwnCell("")
                            : SymbolCell(Symbol::kNotApplicable));
  }
  const auto end = std::ranges::find(table.rows, kBaseRow, &TableRow::key);
  return *table.rows.insert(end, std::move(row));
}

std::size_t ColumnOf(const Table& table, std::string_view key) {
  return static_cast<std::size_t>(
      std::ranges::find(table.columns, key, &Column::key) -
      table.columns.begin());
}

void InsertColumn(Table& table, std::size_t at, std::string_view key,
                  std::string group) {
  const auto offset = static_cast<std::ptrdiff_t>(at);
  table.columns.insert(table.columns.begin() + offset,
                       Column{std::string(key), std::string(kOwnLabel),
                              Column::Kind::kText, std::move(group)});
  for (TableRow& row : table.rows) {
    row.cells.insert(row.cells.begin() + offset, OwnCell(""));
  }
}

// Marks in `column` what was answered.
void Mark(Table& table, std::string_view column, const AskedItem& item,
          const GivenAnswer& answer) {
  const std::size_t at = ColumnOf(table, column);
  if (answer.absence.has_value()) {
    // A row is found by the kind, which is its key in every table.
    TableRow& row = RowOf(table, std::string(base::ToString(*answer.absence)),
                          std::string(base::ToJapanese(*answer.absence)), true);
    row.cells[at] = OwnCell(std::string(kOwnMark));
    return;
  }
  if (item.type == AnswerType::kInteger) {
    const auto found =
        std::ranges::find(table.rows, std::string(kOwn), &TableRow::key);
    if (found == table.rows.end()) {
      // What they are asked to look at stands above all.
      TableRow own = RowOf(table, std::string(kOwn), "回答した数", false);
      table.rows.erase(
          std::ranges::find(table.rows, std::string(kOwn), &TableRow::key));
      table.rows.insert(table.rows.begin(), std::move(own));
    }
    RowOf(table, std::string(kOwn), "", false).cells[at] =
        OwnCell(AnswerWords(item, answer));
    return;
  }
  for (std::size_t i = 0; i < item.options.size(); ++i) {
    if (!answer.Chose(i)) continue;
    RowOf(table, item.options[i].code, item.options[i].label, false).cells[at] =
        OwnCell(std::string(kOwnMark));
  }
}

// A table of options alone, where no figures are shown.
Table OptionTable(const AskedItem& item) {
  Table table;
  table.row_key = "option";
  table.row_label = "区分";
  for (const AnswerOption& option : item.options) {
    table.rows.push_back({option.code, option.label, {}, false});
  }
  return table;
}

void AddOther(const GivenAnswer* answer, int year,
              std::vector<std::string>& notes) {
  if (answer == nullptr || answer->other_text.empty()) return;
  notes.push_back("「その他」の記述（" + YearWords(year) + "）：" +
                  answer->other_text);
}

// The year that the answers speak of, where it is not that of the survey, which
// stands over every column.
std::string ResultsYear(const AskedItem& item, int year) {
  return item.reference_year == year ? ""
                                     : YearWords(item.reference_year) + "の実績";
}

// What all wrote: 記入は n=30 のうち12団体。
std::string WrittenWords(const IndicatorValue& value, int written) {
  if (value.base < kFewestShown) {
    return "集計の対象が2団体以下のため、記入した数を示さない。";
  }
  return "記入は n=" + std::to_string(value.base) + " のうち" +
         std::to_string(written) + "団体。";
}

int WrittenOf(const IndicatorValue& value, const AskedItem& item) {
  if (item.row.empty()) return value.answered;
  const ValueCell* cell = value.FindCell(item.row);
  return cell == nullptr ? 0 : cell->count;
}

}  // namespace

Figure OwnFigure(const OwnQuestion& question) {
  const AskedItem& item = *question.item;
  Figure figure;
  figure.multiple_answer = item.type == AnswerType::kMultiple;
  figure.year = ResultsYear(item, question.year);
  if (question.years.has_value()) {
    const TwoYears& years = *question.years;
    figure.base = BaseWords(years.value, years.previous);
    figure.has_previous = years.previous != nullptr;
    figure.table = FigureTable(years);
    Withhold(years, figure.table, figure.notes);
    for (std::string& note : FigureSheetFacts(years).remarks) {
      figure.notes.push_back(std::move(note));
    }
    if (std::string note = UnknownChangeNote(years); !note.empty()) {
      figure.notes.push_back(std::move(note));
    }
  } else {
    figure.base = "貴団体の回答のみ";
    figure.has_previous = question.before != nullptr;
    figure.table = OptionTable(item);
  }
  if (!question.no_last_year.empty()) {
    figure.notes.push_back(question.no_last_year);
  }
  Table& table = figure.table;
  const std::string now = question.years.has_value()
                              ? question.years->YearHeading(question.years->value)
                              : YearWords(item.reference_year);
  if (question.now != nullptr) InsertColumn(table, 0, kOwn, now);
  if (question.before != nullptr) {
    const bool figures = question.years.has_value() &&
                         question.years->previous != nullptr;
    const auto at = std::ranges::find_if(table.columns, IsOfPreviousYear);
    InsertColumn(
        table, static_cast<std::size_t>(at - table.columns.begin()),
        kPreviousOwn,
        figures ? question.years->YearHeading(*question.years->previous)
                : YearWords(question.before_item->reference_year));
  }
  if (question.now != nullptr) Mark(table, kOwn, item, *question.now);
  if (question.before != nullptr) {
    Mark(table, kPreviousOwn, *question.before_item, *question.before);
  }
  AddOther(question.now, item.reference_year, figure.notes);
  if (question.before != nullptr) {
    AddOther(question.before, question.before_item->reference_year,
             figure.notes);
  }
  return figure;
}

Figure OwnTexts(const std::vector<OwnQuestion>& rows) {
  const OwnQuestion& first = rows.front();
  const bool of_one_reason = std::ranges::all_of(
      rows,
      [&](const std::string& note) { return note == first.no_last_year; },
      &OwnQuestion::no_last_year);
  Figure figure;
  figure.year = ResultsYear(*first.item, first.year);
  figure.base = "自由記述";
  figure.table.row_key = "text";
  figure.table.row_label = "年度";
  figure.table.columns = {{"own", "貴団体の記述", Column::Kind::kText}};
  for (const OwnQuestion& row : rows) {
    const auto add = [&](const AskedItem* item, const GivenAnswer* answer,
                         std::string_view prefix) {
      if (item == nullptr || answer == nullptr) return;
      const std::string year = YearWords(item->reference_year);
      std::string label =
          item->row_label.empty() ? year : item->row_label + "（" + year + "）";
      if (answer->absence.has_value()) {
        figure.table.rows.push_back(
            {std::string(prefix) + item->row, std::move(label),
             {OwnCell(AnswerWords(*item, *answer))},
             true});
        return;
      }
      for (const std::string& piece : InPieces(answer->text)) {
        figure.table.rows.push_back(
            {std::string(prefix) + item->row, label, {OwnCell(piece)}, false});
        label = "（続き）";
      }
    };
    add(row.item, row.now, "now");
    add(row.before_item, row.before, "previous");
    figure.has_previous = figure.has_previous || row.before != nullptr;
    const std::string of_row =
        row.item->row_label.empty() ? "" : row.item->row_label + "：";
    if (!of_one_reason && !row.no_last_year.empty()) {
      figure.notes.push_back(of_row + row.no_last_year);
    }
    if (!row.years.has_value()) continue;
    const TwoYears& years = *row.years;
    std::string note = of_row;
    note += WrittenWords(years.value, WrittenOf(years.value, *row.item));
    if (years.previous != nullptr) {
      note += YearWords(years.previous->reference_year) + "は" +
              WrittenWords(*years.previous,
                           WrittenOf(*years.previous, *row.item));
    }
    figure.notes.push_back(std::move(note));
  }
  if (of_one_reason && !first.no_last_year.empty()) {
    figure.notes.push_back(first.no_last_year);
  }
  return figure;
}

}  // namespace welfare::report
