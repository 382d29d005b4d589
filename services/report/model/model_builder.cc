#include "services/report/model/model_builder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "services/base/era.h"
#include "services/base/fiscal_year.h"
#include "services/base/percent.h"
#include "services/base/sha256.h"
#include "services/report/errors.h"
#include "services/report/template/placeholder.h"

namespace welfare::report {
namespace {

using base::Absence;
using base::RespondentKind;

std::string YearWords(int year) {
  return base::FormatFiscalYear(base::FiscalYear::FromChecked(year),
                                base::EraStyle::kLong);
}

std::string YearWordsWestern(int year) {
  return base::FormatFiscalYear(base::FiscalYear::FromChecked(year),
                                base::EraStyle::kLongWithWestern);
}

// 令和7年6月16日～7月11日; the second year is written where it differs.
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

// 23/30（76.7%）; without a percent, where the base is 0, 0/0（-）.
std::string Ratio(int count, int base,
                  const std::optional<std::string>& percent) {
  return std::to_string(count) + "/" + std::to_string(base) + "（" +
         (percent.has_value() ? *percent + "%" : "-") + "）";
}

std::string Ratio(int count, int base) {
  return Ratio(count, base, base::FormatPercent(count, base));
}

// Tenths of a percent of `23.4`; nothing for another form.
std::optional<int> Tenths(std::string_view percent) {
  const std::size_t dot = percent.find('.');
  if (dot == std::string_view::npos || percent.size() != dot + 2) {
    return std::nullopt;
  }
  std::string digits(percent.substr(0, dot));
  digits += percent[dot + 1];
  int tenths = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), tenths);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return tenths;
}

// The whole number `value` is, if it is one.
std::optional<int> WholeNumber(std::string_view value) {
  int number = 0;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() ||
      number < 0) {
    return std::nullopt;
  }
  return number;
}

TableCell SymbolCell(Symbol symbol) { return {SymbolText(symbol), "", symbol}; }

TableCell NumberCell(long long number) {
  const std::string text = std::to_string(number);
  return {text, text, number == 0 ? Symbol::kZero : Symbol::kNone};
}

TableCell DecimalCell(const std::optional<std::string>& value) {
  if (!value.has_value()) return SymbolCell(Symbol::kNotApplicable);
  return {*value, *value, *value == "0" ? Symbol::kZero : Symbol::kNone};
}

TableCell TextCell(std::string text) {
  TableCell cell;
  cell.text = text;
  cell.data = std::move(text);
  return cell;
}

bool Has(const std::vector<Flag>& flags, Flag flag) {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

bool HasInCells(const IndicatorValue& value, Flag flag) {
  return Has(value.flags, flag) ||
         std::any_of(
             value.cells.begin(), value.cells.end(),
             [flag](const ValueCell& cell) { return Has(cell.flags, flag); });
}

std::string_view VerdictWords(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return "一致";
    case Verdict::kHigherClassFits:
      return "一致（上の区分も当てはまる）";
    case Verdict::kDoesNotFit:
      return "不一致";
    case Verdict::kImpossible:
      return "成立しない";
    case Verdict::kUnchecked:
      return "判定規則なし";
    case Verdict::kNotComputed:
    case Verdict::kUnspecified:
      return "計算対象外";
  }
  return "計算対象外";
}

std::string_view CheckWords(Check check) {
  switch (check) {
    case Check::kComputed:
      return "回答から計算";
    case Check::kRegistry:
      return "台帳から計算";
    case Check::kProgress:
      return "回収記録から計算";
    case Check::kOptionList:
      return "選択肢の一覧";
    case Check::kEditorial:
      return "編集者の記述・自由記述";
    case Check::kLegal:
      return "法令に関する記述";
    case Check::kTrend:
      return "推移に関する記述";
    case Check::kLost:
      return "図の数値が残っていない";
    case Check::kPartlyKnown:
      return "図の数値の一部だけが残る";
    case Check::kUnspecified:
      return "区分なし";
  }
  return "区分なし";
}

std::string TwoDigits(int number) {
  std::string text = std::to_string(number);
  return text.size() < 2 ? "0" + text : text;
}

class Builder {
 public:
  Builder(const ReportTemplate& report_template, const Snapshot& snapshot,
          std::string_view snapshot_id)
      : template_(report_template),
        snapshot_(snapshot),
        year_(snapshot.round.fiscal_year) {
    model_.id = report_template.id + "-" + std::to_string(year_);
    model_.title = report_template.title;
    model_.subtitle = report_template.subtitle;
    model_.publisher = snapshot.round.publisher;
    model_.year = YearWordsWestern(year_);
    model_.synthetic = snapshot.round.synthetic;
    model_.snapshot_id = std::string(snapshot_id);
  }

  absl::StatusOr<ReportModel> Build() {
    for (const TemplatePage& page : template_.pages) AddPage(page);
    AddComparison();
    AddColophon();
    if (!faults_.empty()) {
      return TemplateDoesNotFit(template_.id, std::move(faults_));
    }
    for (Page& page : model_.pages) CollectSymbols(page);
    return std::move(model_);
  }

 private:
  using Kind = TemplateBlock::Kind;

  bool has_previous() const { return snapshot_.previous_round.has_value(); }

  void Fault(const std::string& path, std::string_view reason,
             std::string description) {
    faults_.push_back({path, std::string(reason), std::move(description)});
  }

  const IndicatorValue* Find(const std::string& path, std::string_view id) {
    const auto found = snapshot_.values.find(id);
    if (found != snapshot_.values.end()) return &found->second;
    Fault(path, "INDICATOR_NOT_IN_SNAPSHOT",
          "The round has no indicator '" + std::string(id) + "'.");
    return nullptr;
  }

  const IndicatorValue* FindPrevious(std::string_view id) const {
    const auto found = snapshot_.previous_values.find(id);
    return found == snapshot_.previous_values.end() ? nullptr : &found->second;
  }

  // ---- Text -------------------------------------------------------------

  // Fills the placeholders. Nothing when the text needs a previous round or
  // value that does not exist.
  std::optional<std::string> Fill(const std::string& path,
                                  std::string_view text) {
    std::string result;
    for (const Placeholder& part : ParseText(text).parts) {
      switch (part.kind) {
        case Placeholder::Kind::kText:
          result += part.text;
          break;
        case Placeholder::Kind::kContext:
          result += Context(part.indicator);
          break;
        default: {
          const IndicatorValue* value = part.previous
                                            ? FindPrevious(part.indicator)
                                            : Find(path, part.indicator);
          if (value == nullptr) return std::nullopt;
          const std::optional<std::string> filled = FigureWords(*value, part);
          if (!filled.has_value()) {
            if (part.previous) return std::nullopt;
            Fault(path, "CELL_NOT_IN_SNAPSHOT",
                  part.source + " names a cell the indicator does not have.");
            return std::nullopt;
          }
          result += *filled;
        }
      }
    }
    return result;
  }

  std::string Context(std::string_view name) const {
    const RoundFacts& round = snapshot_.round;
    if (name == "year") return YearWords(year_);
    if (name == "year_western") return YearWordsWestern(year_);
    if (name == "last_year") return YearWords(year_ - 1);
    if (name == "next_year") return YearWords(year_ + 1);
    if (name == "round.name") return round.display_name;
    if (name == "round.purpose") return round.purpose;
    if (name == "round.method") return round.method;
    if (name == "round.publisher") return round.publisher;
    if (name == "round.window") {
      return WindowWords(round.window_start, round.window_end);
    }
    if (name.starts_with("returns.")) {
      int expected = 0;
      int received = 0;
      for (const ProgressGroup& group : snapshot_.progress) {
        if (name != "returns.all" &&
            (name == "returns.council") !=
                (group.kind == RespondentKind::kCouncil)) {
          continue;
        }
        expected += group.expected;
        received += group.received;
      }
      return Ratio(received, expected);
    }
    const Roster* roster = snapshot_.FindRoster(year_);
    if (roster == nullptr) return "-";
    const Counts counts = CountRoster(*roster);
    if (name == "roster.implementing") {
      return std::to_string(counts.implementing);
    }
    if (name == "roster.not_implementing") {
      return std::to_string(counts.all - counts.implementing);
    }
    if (name == "roster.preparing") return std::to_string(counts.preparing);
    return std::to_string(counts.newcomers);
  }

  static std::optional<std::string> FigureWords(const IndicatorValue& value,
                                                const Placeholder& part) {
    if (part.kind == Placeholder::Kind::kIndicator) {
      if (part.part == "n") return std::to_string(value.base);
      if (part.part == "answered") return std::to_string(value.answered);
      if (part.part == "population") return value.population_label;
      if (part.part == "label") return value.label;
      return Top(value);
    }
    if (part.kind == Placeholder::Kind::kAbsence) {
      const int count = value.CountOf(*base::ParseAbsence(part.cell));
      const std::optional<std::string> percent =
          base::FormatPercent(std::min(count, value.base), value.base);
      if (part.part == "count") return std::to_string(count);
      if (part.part == "percent") return percent.value_or("-");
      return Ratio(count, value.base, percent);
    }
    const ValueCell* cell = value.FindCell(part.cell);
    if (cell == nullptr) return std::nullopt;
    if (part.part == "count") return std::to_string(cell->count);
    if (part.part == "base") return std::to_string(cell->base);
    if (part.part == "percent") return cell->percent.value_or("-");
    if (part.part == "value") return cell->value.value_or("-");
    if (part.part == "label") return cell->label;
    if (cell->value.has_value()) return *cell->value + value.unit;
    return Ratio(cell->count, cell->base, cell->percent);
  }

  // 「研修」（20/30、66.7%）; several options that share the first place
  // stand together.
  static std::string Top(const IndicatorValue& value) {
    const auto named = [](const ValueCell& cell) {
      return cell.key != "none" && cell.key != "other";
    };
    int most = 0;
    for (const ValueCell& cell : value.cells) {
      if (named(cell)) most = std::max(most, cell.count);
    }
    if (most == 0) return "該当なし";
    std::string result;
    const ValueCell* last = nullptr;
    for (const ValueCell& cell : value.cells) {
      if (cell.count != most || !named(cell)) continue;
      result += "「" + cell.label + "」";
      last = &cell;
    }
    return result + Ratio(last->count, last->base, last->percent);
  }

  // ---- Pages ------------------------------------------------------------

  void AddPage(const TemplatePage& source) {
    Page page;
    page.id = "p" + TwoDigits(source.number);
    page.label = std::to_string(source.number);
    page.topic = source.topic;
    page.headline =
        Fill(source.path + ".headline", source.headline).value_or("");
    for (const TemplateBlock& block : source.blocks) AddBlock(page, block);
    model_.pages.push_back(std::move(page));
  }

  void AddBlock(Page& page, const TemplateBlock& block) {
    switch (block.kind) {
      case Kind::kHeading:
        if (auto text = Fill(block.path, block.text)) {
          page.blocks.push_back(Heading{*std::move(text)});
        }
        return;
      case Kind::kText:
        if (auto text = Fill(block.path, block.text)) {
          page.blocks.push_back(Paragraph{{{*std::move(text)}}});
        }
        return;
      case Kind::kList: {
        BulletList list;
        for (const std::string& item : block.items) {
          if (auto text = Fill(block.path, item)) {
            list.items.push_back({{*std::move(text)}});
          }
        }
        if (!list.items.empty()) page.blocks.push_back(std::move(list));
        return;
      }
      case Kind::kFigure:
        for (const std::string& id : block.indicators) {
          AddFigure(page, block, id);
        }
        return;
      case Kind::kTexts:
        return AddTexts(page, block);
      case Kind::kPhases:
        return AddPhases(page, block);
      case Kind::kCover:
        return AddCover(page);
      case Kind::kOutline:
        return AddOutline(page);
      case Kind::kReturns:
        return AddReturns(page);
      case Kind::kRosters:
        return AddRosters(page);
      case Kind::kPreparing:
        return AddPreparing(page);
      case Kind::kAreas:
        return AddAreas(page);
    }
  }

  // ---- Figures ----------------------------------------------------------

  std::string BaseWords(const IndicatorValue& value,
                        const IndicatorValue* previous) const {
    std::string words = "n=" + std::to_string(value.base) + "（" +
                        value.population_label + "）";
    if (previous != nullptr) {
      words += "　前回 n=" + std::to_string(previous->base) + "（" +
               previous->population_label + "）";
    }
    return words;
  }

  std::string ReferenceWords(const IndicatorValue& value) const {
    return YearWords(value.reference_year) +
           (value.reference_year == value.fiscal_year ? "" : "の実績");
  }

  void AddFigure(Page& page, const TemplateBlock& block,
                 const std::string& id) {
    const IndicatorValue* value = Find(block.path, id);
    if (value == nullptr) return;
    const IndicatorValue* previous = FindPrevious(id);
    Figure figure;
    figure.id = page.id + "_" + id;
    figure.title = block.title.empty()
                       ? value->label
                       : Fill(block.path, block.title).value_or(value->label);
    figure.base = BaseWords(*value, previous);
    figure.year = ReferenceWords(*value);
    figure.multiple_answer = value->multiple_answer;
    const bool plain_values = std::any_of(
        value->cells.begin(), value->cells.end(),
        [](const ValueCell& cell) { return cell.value.has_value(); });
    if (plain_values) {
      FillValueTable(figure.table, *value, previous);
    } else {
      FillCountTable(figure.table, *value, previous);
    }
    AddCharts(figure, block, *value, previous, plain_values);
    AddNotes(figure, block, *value, previous, plain_values);
    page.blocks.push_back(std::move(figure));
  }

  // Whether cells are taken of parts of the base: a cohort each.
  static bool HasOwnBases(const IndicatorValue& value) {
    return std::any_of(
        value.cells.begin(), value.cells.end(),
        [&](const ValueCell& cell) { return cell.base != value.base; });
  }

  // Counts of respondents with percentages, this year and last.
  void FillCountTable(Table& table, const IndicatorValue& value,
                      const IndicatorValue* previous) {
    table.row_key = "option";
    table.row_label = value.measure != Measure::kHistogram ? "区分"
                      : value.unit == "年度"               ? "年度"
                                                           : "階級";
    const bool own_bases =
        HasOwnBases(value) || (previous != nullptr && HasOwnBases(*previous));
    const auto add_columns = [&](const IndicatorValue& of,
                                 std::string_view prefix) {
      const std::string year = YearWords(of.reference_year);
      const auto add = [&](std::string_view key, std::string label) {
        table.columns.push_back({std::string(prefix) + std::string(key),
                                 std::move(label), Column::Kind::kNumber,
                                 year});
      };
      add("count", "回答数");
      if (own_bases) add("base", "n");
      add("percent", "割合（%）");
    };
    add_columns(value, "");
    if (previous != nullptr) add_columns(*previous, "previous_");
    const auto add = [&](TableRow& row, int count, int base) {
      row.cells.push_back(NumberCell(count));
      if (own_bases) row.cells.push_back(NumberCell(base));
      row.cells.push_back(DecimalCell(base::FormatPercent(count, base)));
    };
    for (const ValueCell& cell : value.cells) {
      TableRow row{cell.key, cell.label, {}, false};
      add(row, cell.count, cell.base);
      if (previous != nullptr) {
        const ValueCell* before = previous->FindCell(cell.key);
        if (before != nullptr) {
          add(row, before->count, before->base);
        } else {
          row.cells.resize(table.columns.size(),
                           SymbolCell(Symbol::kNotApplicable));
        }
      }
      table.rows.push_back(std::move(row));
    }
    const auto add_row = [&](std::string key, std::string label, int count,
                             int before) {
      TableRow row{std::move(key), std::move(label), {}, true};
      add(row, count, value.base);
      if (previous != nullptr) add(row, before, previous->base);
      table.rows.push_back(std::move(row));
    };
    for (const Absence kind : InBaseAbsences(value, previous)) {
      add_row(std::string(base::ToString(kind)),
              std::string(base::ToJapanese(kind)), value.CountOf(kind),
              previous == nullptr ? 0 : previous->CountOf(kind));
    }
    add_row("n", "母数（n）", value.base,
            previous == nullptr ? 0 : previous->base);
  }

  // Totals, maxima, ranks, means.
  void FillValueTable(Table& table, const IndicatorValue& value,
                      const IndicatorValue* previous) {
    const bool ranks = value.measure == Measure::kRank;
    const std::string unit = value.unit.empty() ? "" : "（" + value.unit + "）";
    table.row_key = "measure";
    table.row_label = ranks ? "順位" : "区分";
    const auto columns = [&](const IndicatorValue& of, std::string prefix) {
      const std::string year = YearWords(of.reference_year);
      table.columns.push_back(
          {prefix + "value", "値" + unit, Column::Kind::kNumber, year});
      table.columns.push_back(
          {prefix + "count", "回答数", Column::Kind::kNumber, year});
    };
    columns(value, "");
    if (previous != nullptr) columns(*previous, "previous_");
    const auto add = [&](TableRow& row, const ValueCell* cell) {
      if (cell == nullptr) {
        row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
        row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
        return;
      }
      row.cells.push_back(DecimalCell(cell->value));
      row.cells.push_back(NumberCell(cell->count));
    };
    for (const ValueCell& cell : value.cells) {
      TableRow row{cell.key, cell.label, {}, false};
      add(row, &cell);
      if (previous != nullptr) add(row, previous->FindCell(cell.key));
      table.rows.push_back(std::move(row));
    }
    const auto add_count = [&](std::string key, std::string label, int count,
                               int before) {
      TableRow row{std::move(key), std::move(label), {}, true};
      row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
      row.cells.push_back(NumberCell(count));
      if (previous != nullptr) {
        row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
        row.cells.push_back(NumberCell(before));
      }
      table.rows.push_back(std::move(row));
    };
    const auto before = [&](auto get) {
      return previous == nullptr ? 0 : get(*previous);
    };
    add_count("answered", "数値の回答", value.answered,
              before([](const IndicatorValue& v) { return v.answered; }));
    for (const Absence kind : InBaseAbsences(value, previous)) {
      add_count(
          std::string(base::ToString(kind)),
          std::string(base::ToJapanese(kind)), value.CountOf(kind),
          before([kind](const IndicatorValue& v) { return v.CountOf(kind); }));
    }
    add_count("n", "母数（n）", value.base,
              before([](const IndicatorValue& v) { return v.base; }));
  }

  // Kinds of absence that stay in the base and occur in either year.
  static std::vector<Absence> InBaseAbsences(const IndicatorValue& value,
                                             const IndicatorValue* previous) {
    std::vector<Absence> kinds;
    for (const Absence kind : base::kAllAbsences) {
      if (!base::StaysInBase(kind)) continue;
      if (value.CountOf(kind) > 0 ||
          (previous != nullptr && previous->CountOf(kind) > 0)) {
        kinds.push_back(kind);
      }
    }
    return kinds;
  }

  void AddCharts(Figure& figure, const TemplateBlock& block,
                 const IndicatorValue& value, const IndicatorValue* previous,
                 bool plain_values) {
    using Style = TemplateBlock::ChartStyle;
    Style style = block.chart;
    if (style == Style::kAuto) {
      switch (value.measure) {
        case Measure::kDistribution:
          style = value.multiple_answer ? Style::kBars : Style::kStacked;
          break;
        case Measure::kCount:
          // One condition needs no drawing beside its row.
          style = value.cells.size() > 1 ? Style::kBars : Style::kNone;
          break;
        case Measure::kHistogram:
          style = Style::kColumns;
          break;
        case Measure::kRank:
          style = Style::kBars;
          break;
        default:
          style = Style::kNone;
      }
    }
    // A multiple answer has no whole to divide.
    if (style == Style::kStacked && value.multiple_answer) style = Style::kBars;
    if (style == Style::kNone || value.base == 0) return;
    Chart chart;
    chart.title = figure.title + "　" + figure.base +
                  (figure.multiple_answer ? "（複数回答）" : "");
    chart.kind = style == Style::kStacked   ? Chart::Kind::kStacked
                 : style == Style::kColumns ? Chart::Kind::kColumns
                                            : Chart::Kind::kBars;
    for (const ValueCell& cell : value.cells) {
      if (plain_values &&
          (!cell.value.has_value() || !WholeNumber(*cell.value).has_value())) {
        continue;
      }
      chart.categories.push_back({cell.label, false});
    }
    const std::vector<Absence> absences =
        plain_values ? std::vector<Absence>() : InBaseAbsences(value, previous);
    for (const Absence kind : absences) {
      chart.categories.push_back({std::string(base::ToJapanese(kind)), true});
    }
    const auto series = [&](const IndicatorValue& of) {
      Chart::Series result;
      result.label =
          YearWords(of.reference_year) + "　n=" + std::to_string(of.base);
      result.whole = of.base;
      for (const ValueCell& named : value.cells) {
        const ValueCell* cell = of.FindCell(named.key);
        if (plain_values) {
          if (!named.value.has_value() ||
              !WholeNumber(*named.value).has_value()) {
            continue;
          }
          const int amount = cell != nullptr && cell->value.has_value()
                                 ? WholeNumber(*cell->value).value_or(0)
                                 : 0;
          result.points.push_back(
              {amount, std::to_string(amount) + value.unit});
          continue;
        }
        if (cell == nullptr) {
          result.points.push_back({0, "-"});
        } else {
          result.points.push_back(
              {cell->count,
               std::to_string(cell->count) +
                   (cell->percent.has_value() ? "（" + *cell->percent + "%）"
                                              : ""),
               cell->base});
        }
      }
      for (const Absence kind : absences) {
        const int count = of.CountOf(kind);
        const auto percent = base::FormatPercent(count, of.base);
        result.points.push_back(
            {count, std::to_string(count) +
                        (percent.has_value() ? "（" + *percent + "%）" : "")});
      }
      return result;
    };
    chart.series.push_back(series(value));
    if (previous != nullptr && previous->base > 0) {
      chart.series.push_back(series(*previous));
    }
    if (plain_values) {
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
    if (!chart.categories.empty()) figure.charts.push_back(std::move(chart));
  }

  void AddNotes(Figure& figure, const TemplateBlock& block,
                const IndicatorValue& value, const IndicatorValue* previous,
                bool plain_values) {
    const auto note = [&](std::string text) {
      figure.notes.push_back(std::move(text));
    };
    if (block.published_chart_lost && model_.synthetic &&
        !figure.charts.empty()) {
      note(
          "公表資料ではこの図の数値が残っていない。図は架空データによる作図。");
    }
    if (figure.multiple_answer) {
      note(
          "複数回答。割合の母数は回答者数であり、合計は100%"
          "を超えることがある。");
    } else if (!plain_values && value.measure == Measure::kDistribution) {
      int sum = 0;
      bool complete = value.base > 0;
      for (const ValueCell& cell : value.cells) {
        const std::optional<int> tenths =
            cell.percent.has_value() ? Tenths(*cell.percent) : std::nullopt;
        complete = complete && tenths.has_value();
        sum += tenths.value_or(0);
      }
      for (const Absence kind : InBaseAbsences(value, nullptr)) {
        sum += static_cast<int>(
            base::PercentTenths(value.CountOf(kind), value.base).value_or(0));
      }
      if (complete && sum != 1000) {
        note("割合は四捨五入のため、合計が100.0%にならない。");
      }
    }
    if (!plain_values && value.measure == Measure::kCount &&
        !HasOwnBases(value)) {
      int sum = 0;
      for (const ValueCell& cell : value.cells) sum += cell.count;
      if (sum > value.base) note("区分は重なるため、合計は母数を超える。");
    }
    std::string left_out;
    for (const Absence kind : base::kAllAbsences) {
      if (base::StaysInBase(kind) || value.CountOf(kind) == 0) continue;
      if (!left_out.empty()) left_out += "、";
      left_out += std::string(base::ToJapanese(kind)) + " " +
                  std::to_string(value.CountOf(kind));
    }
    if (!left_out.empty()) {
      note("対象 " + std::to_string(value.population_size) + " のうち " +
           left_out + " を除いた " + std::to_string(value.base) +
           " を母数とする。");
    }
    if (HasInCells(value, Flag::kLowerBound) ||
        (previous != nullptr && HasInCells(*previous, Flag::kLowerBound))) {
      note("件数を数えていない回答があるため、合計は少なくともこの値である。");
    }
    if (HasInCells(value, Flag::kTied)) {
      note("同じ値の回答が複数ある順位がある。");
    }
    if (!plain_values && value.base > 0 && value.base < 30) {
      note("母数が小さく、回答1件が " + *base::FormatPercent(1, value.base) +
           " ポイントに当たる。");
    }
    for (const std::string& own : block.notes) {
      if (auto text = Fill(block.path, own)) note(*std::move(text));
    }
  }

  // How many wrote something: what was written is not quoted.
  void AddTexts(Page& page, const TemplateBlock& block) {
    Figure figure;
    figure.id = page.id + "_texts";
    figure.title = block.title.empty()
                       ? "自由記述の記入状況"
                       : Fill(block.path, block.title).value_or("");
    figure.year = YearWords(year_);
    figure.table.row_key = "item";
    figure.table.row_label = "設問";
    std::vector<const IndicatorValue*> values;
    bool any_previous = false;
    for (const std::string& id : block.indicators) {
      if (const IndicatorValue* value = Find(block.path, id)) {
        values.push_back(value);
        any_previous = any_previous || FindPrevious(id) != nullptr;
      }
    }
    if (values.empty()) return;
    figure.table.columns = {
        {"population", "対象", Column::Kind::kText},
        {"count", "記入あり", Column::Kind::kNumber, YearWords(year_)},
        {"base", "n", Column::Kind::kNumber, YearWords(year_)},
        {"percent", "割合（%）", Column::Kind::kNumber, YearWords(year_)}};
    if (any_previous) {
      figure.table.columns.push_back({"previous_count", "記入あり",
                                      Column::Kind::kNumber,
                                      YearWords(year_ - 1)});
      figure.table.columns.push_back(
          {"previous_base", "n", Column::Kind::kNumber, YearWords(year_ - 1)});
    }
    std::string base_words;
    for (const IndicatorValue* value : values) {
      TableRow row{value->id, value->label, {}, false};
      row.cells.push_back(TextCell(value->population_label));
      row.cells.push_back(NumberCell(value->answered));
      row.cells.push_back(NumberCell(value->base));
      row.cells.push_back(
          DecimalCell(base::FormatPercent(value->answered, value->base)));
      if (any_previous) {
        const IndicatorValue* previous = FindPrevious(value->id);
        if (previous == nullptr) {
          row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
          row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
        } else {
          row.cells.push_back(NumberCell(previous->answered));
          row.cells.push_back(NumberCell(previous->base));
        }
      }
      figure.table.rows.push_back(std::move(row));
      const std::string words = "n=" + std::to_string(value->base) + "（" +
                                value->population_label + "）";
      if (base_words.find(words) == std::string::npos) {
        base_words += (base_words.empty() ? "" : "　") + words;
      }
    }
    figure.base = base_words;
    figure.notes.emplace_back(
        "記述の本文は公開の対象ではないため、引用しない。");
    for (const std::string& own : block.notes) {
      if (auto text = Fill(block.path, own)) {
        figure.notes.push_back(*std::move(text));
      }
    }
    page.blocks.push_back(std::move(figure));
  }

  // Several indicators over the same rows (phases): a matrix of how many
  // wrote something in each cell.
  void AddPhases(Page& page, const TemplateBlock& block) {
    std::vector<const IndicatorValue*> values;
    for (const std::string& id : block.indicators) {
      if (const IndicatorValue* value = Find(block.path, id)) {
        values.push_back(value);
      }
    }
    if (values.empty()) return;
    Figure figure;
    figure.id = page.id + "_phases";
    figure.title = Fill(block.path, block.title).value_or("");
    figure.base = BaseWords(*values.front(), nullptr);
    figure.year = ReferenceWords(*values.front());
    figure.multiple_answer = true;
    figure.table.row_key = "phase";
    figure.table.row_label = "段階";
    for (const IndicatorValue* value : values) {
      figure.table.columns.push_back({value->id + "_count", "記入あり",
                                      Column::Kind::kNumber, value->label});
      figure.table.columns.push_back({value->id + "_percent", "割合（%）",
                                      Column::Kind::kNumber, value->label});
    }
    for (const ValueCell& named : values.front()->cells) {
      TableRow row{named.key, named.label, {}, false};
      for (const IndicatorValue* value : values) {
        const ValueCell* cell = value->FindCell(named.key);
        if (cell == nullptr) {
          row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
          row.cells.push_back(SymbolCell(Symbol::kNotApplicable));
        } else {
          row.cells.push_back(NumberCell(cell->count));
          row.cells.push_back(DecimalCell(cell->percent));
        }
      }
      figure.table.rows.push_back(std::move(row));
    }
    TableRow total{"n", "母数（n）", {}, true};
    for (const IndicatorValue* value : values) {
      total.cells.push_back(NumberCell(value->base));
      total.cells.push_back(
          DecimalCell(base::FormatPercent(value->base, value->base)));
    }
    figure.table.rows.push_back(std::move(total));
    Chart chart;
    chart.kind = Chart::Kind::kBars;
    chart.title = figure.title + "　n=" + std::to_string(values.front()->base) +
                  "（" + values.front()->population_label + "）（複数回答）";
    chart.unit = "%";
    for (const ValueCell& named : values.front()->cells) {
      chart.categories.push_back({named.label, false});
    }
    for (const IndicatorValue* value : values) {
      Chart::Series series;
      series.label = value->label + "　n=" + std::to_string(value->base);
      series.whole = value->base;
      for (const ValueCell& named : values.front()->cells) {
        const ValueCell* cell = value->FindCell(named.key);
        const int count = cell == nullptr ? 0 : cell->count;
        series.points.push_back(
            {count,
             cell == nullptr || !cell->percent.has_value()
                 ? std::to_string(count)
                 : std::to_string(count) + "（" + *cell->percent + "%）"});
      }
      chart.series.push_back(std::move(series));
    }
    if (values.front()->base > 0) figure.charts.push_back(std::move(chart));
    figure.notes.emplace_back(
        "記述の本文は公開の対象ではないため、引用しない。");
    for (const std::string& own : block.notes) {
      if (auto text = Fill(block.path, own)) {
        figure.notes.push_back(*std::move(text));
      }
    }
    page.blocks.push_back(std::move(figure));
  }

  // ---- Cover, outline, returns -------------------------------------------

  void AddCover(Page& page) {
    page.cover = true;
    DefinitionList list;
    const auto add = [&](std::string term, std::string text) {
      list.items.push_back({std::move(term), {{{std::move(text)}}}});
    };
    add("対象年度", model_.year);
    // Nobody publishes demonstration data: a real body's name does not stand
    // over answers nobody gave.
    add("発行", model_.synthetic ? "架空データによる見本（発行物ではない）"
                                 : snapshot_.round.publisher);
    add("集計の段階", snapshot_.basis == Basis::kFinal
                          ? "確報"
                          : "速報（提出済みの回答による）");
    add("調査票の版", snapshot_.round.codebook);
    page.blocks.push_back(std::move(list));
  }

  void AddOutline(Page& page) {
    const RoundFacts& round = snapshot_.round;
    DefinitionList list;
    const auto add = [&](std::string term, std::vector<std::string> texts) {
      DefinitionList::Item item{std::move(term), {}};
      for (std::string& text : texts) item.lines.push_back({{std::move(text)}});
      list.items.push_back(std::move(item));
    };
    add("調査名", {round.display_name});
    add("目的", {round.purpose});
    std::vector<std::string> targets;
    for (const ProgressGroup& group : snapshot_.progress) {
      const std::string kind = group.kind == RespondentKind::kMunicipality
                                   ? "区市町村"
                                   : "社会福祉協議会";
      targets.push_back(YearWords(year_) +
                        (group.implementing ? "に事業を実施している"
                                            : "に事業を実施していない") +
                        (group.kind == RespondentKind::kMunicipality
                             ? kind
                             : "区市町村の" + kind) +
                        "　" + std::to_string(group.expected) + "地区");
    }
    add("対象", std::move(targets));
    add("調査時期", {WindowWords(round.window_start, round.window_end)});
    add("方法", {round.method});
    add("回収", {"区市町村　" + Context("returns.municipality"),
                 "社会福祉協議会　" + Context("returns.council")});
    if (has_previous()) {
      const RoundFacts& before = *snapshot_.previous_round;
      add("前回調査", {YearWords(before.fiscal_year) + "（" +
                       WindowWords(before.window_start, before.window_end) +
                       "）" + (before.synthetic ? "　架空データ" : "")});
    }
    page.blocks.push_back(std::move(list));
  }

  void AddReturns(Page& page) {
    Figure figure;
    figure.id = page.id + "_returns";
    figure.title = "回収の状況";
    figure.year = YearWords(year_);
    figure.table.row_key = "group";
    figure.table.row_label = "回答者";
    figure.table.columns = {{"expected", "対象"},
                            {"received", "回収"},
                            {"on_time", "うち期間内"},
                            {"rate", "回収率（%）"}};
    int expected = 0;
    int received = 0;
    int on_time = 0;
    const auto row = [&](std::string key, std::string label, int of, int got,
                         int timely, bool muted) {
      TableRow result{std::move(key), std::move(label), {}, muted};
      result.cells = {NumberCell(of), NumberCell(got), NumberCell(timely),
                      DecimalCell(base::FormatPercent(got, of))};
      figure.table.rows.push_back(std::move(result));
    };
    for (const ProgressGroup& group : snapshot_.progress) {
      const bool council = group.kind == RespondentKind::kCouncil;
      row(std::string(council ? "council" : "municipality") +
              (group.implementing ? "_implementing" : "_not_implementing"),
          std::string(council ? "社会福祉協議会" : "区市町村") +
              (group.implementing ? "（実施）" : "（未実施）"),
          group.expected, group.received, group.on_time, false);
      expected += group.expected;
      received += group.received;
      on_time += group.on_time;
    }
    row("all", "合計", expected, received, on_time, true);
    figure.base = "n=" + std::to_string(expected) + "（全ての回答者）";
    page.blocks.push_back(std::move(figure));
  }

  // ---- Registry -----------------------------------------------------------

  struct Counts {
    int all = 0;
    int implementing = 0;
    int newcomers = 0;
    int preparing = 0;
  };

  static Counts CountRoster(const Roster& roster) {
    Counts counts;
    for (const RosterEntry& entry : roster.entries) {
      ++counts.all;
      if (entry.implementing == Implementing::kYes) {
        ++counts.implementing;
        if (entry.newcomer) ++counts.newcomers;
      } else if (entry.preparation == Preparation::kYes) {
        ++counts.preparing;
      }
    }
    return counts;
  }

  void AddRosters(Page& page) {
    page.newcomers = true;
    Figure figure;
    figure.id = page.id + "_implementing_by_year";
    figure.title = "実施自治体数の推移";
    figure.table.row_key = "fiscal_year";
    figure.table.row_label = "年度";
    figure.table.columns = {{"implementing", "実施"},
                            {"newcomers", "うち新規"},
                            {"leavers", "終了"},
                            {"municipalities", "全区市町村"},
                            {"percent", "割合（%）"}};
    Chart chart;
    chart.kind = Chart::Kind::kSteps;
    chart.unit = "自治体";
    Chart::Series series;
    std::vector<NameList> lists;
    int all = 0;
    for (const Roster& roster : snapshot_.rosters) {
      if (roster.fiscal_year > year_) continue;
      const Counts counts = CountRoster(roster);
      const std::string year = YearWordsWestern(roster.fiscal_year);
      TableRow row{std::to_string(roster.fiscal_year), year, {}, false};
      row.cells = {
          NumberCell(counts.implementing), NumberCell(counts.newcomers),
          NumberCell(static_cast<long long>(roster.leavers.size())),
          NumberCell(counts.all),
          DecimalCell(base::FormatPercent(counts.implementing, counts.all))};
      figure.table.rows.push_back(std::move(row));
      chart.categories.push_back({YearWords(roster.fiscal_year), false});
      series.points.push_back(
          {counts.implementing, std::to_string(counts.implementing)});
      all = counts.all;
      NameList list;
      list.heading = YearWords(roster.fiscal_year);
      list.count = std::to_string(counts.implementing) + "自治体（うち新規 " +
                   std::to_string(counts.newcomers) + "）";
      for (const RosterEntry& entry : roster.entries) {
        if (entry.implementing != Implementing::kYes) continue;
        list.names.push_back({entry.name, entry.newcomer ? Run::Style::kNewcomer
                                                         : Run::Style::kPlain});
      }
      lists.push_back(std::move(list));
    }
    figure.base = "n=" + std::to_string(all) + "（全区市町村）";
    figure.year = snapshot_.rosters.empty()
                      ? YearWords(year_)
                      : YearWords(snapshot_.rosters.front().fiscal_year) +
                            "～" + YearWords(year_);
    series.label = "実施自治体数";
    series.whole = all;
    chart.series.push_back(std::move(series));
    chart.title = figure.title + "　" + figure.base;
    if (!chart.categories.empty()) figure.charts.push_back(std::move(chart));
    for (NameList& list : lists) page.blocks.push_back(std::move(list));
    page.blocks.push_back(std::move(figure));
  }

  void AddPreparing(Page& page) {
    const Roster* roster = snapshot_.FindRoster(year_);
    if (roster == nullptr) return;
    NameList list;
    list.heading = YearWords(year_) + " 移行準備事業";
    for (const RosterEntry& entry : roster->entries) {
      if (entry.implementing != Implementing::kYes &&
          entry.preparation == Preparation::kYes) {
        list.names.push_back({entry.name});
      }
    }
    list.count = std::to_string(list.names.size()) + "自治体（未実施の内数）";
    page.blocks.push_back(std::move(list));
  }

  void AddAreas(Page& page) {
    const Roster* roster = snapshot_.FindRoster(year_);
    if (roster == nullptr) return;
    Figure figure;
    figure.id = page.id + "_areas";
    figure.title = "地域区分別の実施状況";
    figure.year = YearWords(year_);
    figure.base =
        "n=" + std::to_string(roster->entries.size()) + "（全区市町村）";
    figure.table.row_key = "area";
    figure.table.row_label = "地域区分";
    figure.table.columns = {{"municipalities", "区市町村"},
                            {"implementing", "実施"},
                            {"percent", "割合（%）"},
                            {"not_implementing", "未実施"},
                            {"preparing", "うち移行準備"}};
    std::vector<std::pair<std::string, Roster>> areas;
    for (const RosterEntry& entry : roster->entries) {
      auto found = std::find_if(
          areas.begin(), areas.end(),
          [&](const auto& area) { return area.first == entry.area; });
      if (found == areas.end()) {
        areas.emplace_back(entry.area, Roster());
        found = areas.end() - 1;
      }
      found->second.entries.push_back(entry);
    }
    // The order official tables use; other groups follow in code order.
    constexpr std::array<std::string_view, 4> kOrder = {"区部", "市部",
                                                        "町村部", "島しょ"};
    const auto rank = [&](const std::string& area) {
      return std::find(kOrder.begin(), kOrder.end(), area) - kOrder.begin();
    };
    std::stable_sort(areas.begin(), areas.end(),
                     [&](const auto& a, const auto& b) {
                       return rank(a.first) < rank(b.first);
                     });
    const auto row = [&](std::string key, const Roster& of, bool muted) {
      const Counts counts = CountRoster(of);
      TableRow result{key, std::move(key), {}, muted};
      result.cells = {
          NumberCell(counts.all), NumberCell(counts.implementing),
          DecimalCell(base::FormatPercent(counts.implementing, counts.all)),
          NumberCell(counts.all - counts.implementing),
          NumberCell(counts.preparing)};
      figure.table.rows.push_back(std::move(result));
    };
    for (const auto& [area, part] : areas) row(area, part, false);
    row("合計", *roster, true);
    page.blocks.push_back(std::move(figure));
  }

  // ---- Annexes --------------------------------------------------------------

  void AddComparison() {
    if (snapshot_.statements.empty()) return;
    Page page;
    page.id = "annex-1";
    page.label = "附表1";
    page.topic = "公表値との照合";
    Figure computed;
    computed.id = "annex1_comparison";
    computed.title = "公表値と計算値の照合";
    computed.year = YearWords(year_);
    computed.table.row_key = "statement";
    computed.table.row_label = "公表された項目";
    computed.table.columns = {{"page", "頁"},
                              {"published", "公表値", Column::Kind::kText},
                              {"reading", "読み方", Column::Kind::kText},
                              {"population", "母集団", Column::Kind::kText},
                              {"computed", "計算値", Column::Kind::kText},
                              {"verdict", "判定", Column::Kind::kText},
                              {"rule", "判定の規則", Column::Kind::kText}};
    Figure left;
    left.id = "annex1_not_computed";
    left.title = "計算の対象としない記述";
    left.year = YearWords(year_);
    left.table.row_key = "statement";
    left.table.row_label = "公表された項目";
    left.table.columns = {{"page", "頁"},
                          {"published", "公表値", Column::Kind::kText},
                          {"kind", "計算しない理由", Column::Kind::kText}};
    int checked = 0;
    int agreeing = 0;
    int unruled = 0;
    for (const Statement& statement : snapshot_.statements) {
      const bool counted = statement.verdict != Verdict::kNotComputed &&
                           statement.verdict != Verdict::kUnspecified;
      TableRow row{statement.id, statement.label, {}, false};
      if (!counted || statement.readings.empty()) {
        row.cells = {NumberCell(statement.page), TextCell(statement.published),
                     TextCell(std::string(CheckWords(statement.check)))};
        left.table.rows.push_back(std::move(row));
        continue;
      }
      ++checked;
      if (!statement.agreeing_readings.empty()) {
        ++agreeing;
      } else if (statement.verdict == Verdict::kUnchecked) {
        ++unruled;
      }
      for (const Reading& reading : statement.readings) {
        TableRow one = row;
        if (statement.readings.size() > 1) {
          one.key += "/" + reading.reading;
        }
        one.muted = reading.verdict != Verdict::kFits &&
                    reading.verdict != Verdict::kHigherClassFits;
        one.cells = {
            NumberCell(statement.page),
            TextCell(statement.published),
            TextCell(reading.reading == "only" ? "1通り" : reading.reading),
            TextCell(reading.population_label),
            TextCell(reading.computed),
            TextCell(std::string(VerdictWords(reading.verdict))),
            TextCell(reading.rule)};
        computed.table.rows.push_back(std::move(one));
      }
    }
    computed.base = "判定した項目 " + std::to_string(checked - unruled) +
                    "　計算したが判定の規則がない項目 " +
                    std::to_string(unruled);
    left.base = "計算しない項目 " + std::to_string(left.table.rows.size());
    page.headline = "判定した " + std::to_string(checked - unruled) +
                    " 項目のうち、" + std::to_string(agreeing) +
                    " 項目がいずれかの読み方で公表値と一致";
    page.blocks.push_back(
        Paragraph{{{"公表資料の数値と、本システムが回答・台帳・回収記録から計算"
                    "した値を並べる。"
                    "母数が明記されていない項目は、考えられる読み方を全て計算し"
                    "、どれか一つが合えば"
                    "一致とする。「～割以上」などの言い回しは、判定規則（" +
                    snapshot_.wording_profile + "）で判定する。"}}});
    if (model_.synthetic) {
      page.blocks.push_back(
          Paragraph{{{"回答は架空データである。公表値と一致するように作られてお"
                      "り、一致は計算の"
                      "手順が正しいことを示すもので、個々の自治体の実際の回答を"
                      "示すものではない。"}}});
    }
    if (!computed.table.rows.empty()) {
      page.blocks.push_back(std::move(computed));
    }
    if (!left.table.rows.empty()) page.blocks.push_back(std::move(left));
    model_.pages.push_back(std::move(page));
  }

  void AddColophon() {
    Page page;
    page.id = "annex-2";
    page.label = "附表2";
    page.topic = "この報告書について";
    page.headline = "集計の規則、記号、版";
    BulletList rules;
    const auto rule = [&](std::string text) {
      rules.items.push_back({{std::move(text)}});
    };
    rule(
        "割合は「件数÷母数」を小数第1位まで四捨五入した値で、整数の計算による"
        "。");
    rule(
        "母数（n）は設問の対象となった回答者の数。無回答、不詳、カウントしてい"
        "ない、は"
        "母数に含み、非該当と未提出は含まない。");
    rule("複数回答の設問も、割合の母数は回答者の数である。");
    rule("合計・最大・順位は数値の回答だけから計算する。0は数値の回答である。");
    rule(
        "前回の値は、前回の調査の対象と母数による。対象が異なるため、差は増減を"
        "直接には"
        "示さない。");
    page.blocks.push_back(Heading{"集計の規則"});
    page.blocks.push_back(std::move(rules));
    page.blocks.push_back(Heading{"記号"});
    DefinitionList legend;
    for (const Symbol symbol :
         {Symbol::kZero, Symbol::kNotApplicable, Symbol::kNoAnswer,
          Symbol::kNotCounted, Symbol::kUnknown, Symbol::kSuppressed,
          Symbol::kLost}) {
      legend.items.push_back({SymbolText(symbol), {{{SymbolMeaning(symbol)}}}});
    }
    page.blocks.push_back(std::move(legend));
    page.blocks.push_back(Heading{"版"});
    DefinitionList versions;
    const auto add = [&](std::string term, std::string text) {
      versions.items.push_back({std::move(term), {{{std::move(text)}}}});
    };
    std::string definitions;
    for (const auto& [id, value] : snapshot_.values) {
      definitions += id + " " + value.definition_digest + "\n";
    }
    add("スナップショット", model_.snapshot_id);
    add("調査票", snapshot_.round.codebook);
    add("集計定義", base::Sha256Hex(definitions));
    add("報告書テンプレート", snapshot_.template_digest);
    if (!snapshot_.wording_profile.empty()) {
      add("言い回しの判定規則", snapshot_.wording_profile);
    }
    page.blocks.push_back(std::move(versions));
    model_.pages.push_back(std::move(page));
  }

  // ---- Symbols
  // ----------------------------------------------------------------

  static void CollectSymbols(Page& page) {
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      for (const TableRow& row : figure->table.rows) {
        for (const TableCell& cell : row.cells) {
          if (cell.symbol != Symbol::kNone) page.symbols.insert(cell.symbol);
        }
        // Absences inside the base have rows of their own.
        for (const Symbol symbol :
             {Symbol::kNoAnswer, Symbol::kNotCounted, Symbol::kUnknown}) {
          if (row.key == SymbolName(symbol)) page.symbols.insert(symbol);
        }
      }
    }
  }

  const ReportTemplate& template_;
  const Snapshot& snapshot_;
  const int year_;
  ReportModel model_;
  std::vector<base::Violation> faults_;
};

}  // namespace

absl::StatusOr<ReportModel> BuildReport(const ReportTemplate& report_template,
                                        const Snapshot& snapshot,
                                        std::string_view snapshot_id) {
  return Builder(report_template, snapshot, snapshot_id).Build();
}

}  // namespace welfare::report
