#include "services/report/model/layout.h"

#include <algorithm>

#include "services/text/display_width.h"

namespace welfare::report {
namespace {

constexpr std::string_view kBanner =
    "この報告書の回答は、動作の確認のために作られた架空データである。"
    "自治体と社会福祉協議会の名称、事業の実施年度は実際のものだが、"
    "個々の回答は実在の団体の回答ではない。";
constexpr std::string_view kPreviousBanner =
    "この報告書が並べて示す前回の値は、動作の確認のために作られた架空データに"
    "よる。前回の個々の回答は実在の団体の回答ではない。";

// More do not fit on a sheet of paper.
constexpr std::size_t kRowsOfASheet = 25;
// What the keys of last year's columns begin with.
constexpr std::string_view kPrevious = "previous_";
// Wide characters take two.
constexpr std::size_t kShortText = 14;

// `【mark】`, or nothing.
std::string Bracketed(const std::string& mark) {
  return mark.empty() ? "" : "【" + mark + "】";
}

// What has to stand on every page and table: a final report needs no mark.
std::string JoinMarks(std::string mark, Edition edition,
                      std::string_view restriction) {
  const auto join = [&mark](std::string_view words) {
    if (!mark.empty() && !words.empty()) mark += "・";
    mark += words;
  };
  if (edition != Edition::kFinal) join(EditionWords(edition));
  join(restriction);
  return mark;
}

bool IsShort(const Table& table, std::size_t column) {
  return std::ranges::all_of(table.rows, [column](const TableRow& row) {
    return text::DisplayWidth(row.cells[column].text) <= kShortText;
  });
}

}  // namespace

std::string DocumentTitle(const ReportModel& model) {
  return Bracketed(ReportMark(model)) + RunningTitle(model);
}

std::string RunningTitle(const ReportModel& model) {
  return model.title + "　" + model.year;
}

std::string ReportMark(const ReportModel& model) {
  return JoinMarks(SyntheticMark(model.synthetic, model.previous_synthetic),
                   model.edition, model.restriction);
}

std::string_view EditionWords(Edition edition) {
  switch (edition) {
    case Edition::kNone:
      return "";
    case Edition::kProvisional:
      return "速報";
    case Edition::kFinal:
      return "確報";
    case Edition::kCorrected:
      return "訂正";
  }
  return "";
}

std::string_view SyntheticBanner(const ReportModel& model) {
  if (model.synthetic) return kBanner;
  return model.previous_synthetic ? kPreviousBanner : std::string_view();
}

std::string FilePrefix(const ReportModel& model) {
  const bool synthetic = model.synthetic || model.previous_synthetic;
  return (synthetic ? "synthetic-" : "") + model.file_mark;
}

std::vector<const Page*> ContentsOf(const ReportModel& model) {
  std::vector<const Page*> pages;
  for (const Page& page : model.pages) {
    if (!page.cover) pages.push_back(&page);
  }
  return pages;
}

std::vector<LegendEntry> LegendOf(const Page& page) {
  std::vector<LegendEntry> legend;
  if (page.newcomers) {
    legend.push_back({"下線", "その年度に新しく実施した自治体", true});
  }
  for (const auto& [symbol, sign] : page.symbols) {
    legend.push_back({sign, SymbolMeaning(symbol), false});
  }
  return legend;
}

std::string TableLegend(const Figure& figure) {
  std::string legend;
  for (const auto& [symbol, sign] : figure.symbols) {
    // The others are words.
    if (symbol != Symbol::kNotApplicable && symbol != Symbol::kSuppressed &&
        symbol != Symbol::kLost &&
        (symbol != Symbol::kZero || sign == SymbolText(Symbol::kZero))) {
      continue;
    }
    legend += (legend.empty() ? "「" : "　「") + sign + "」" +
              SymbolMeaning(symbol);
  }
  return legend.empty() ? "" : legend + "。";
}

FigureShape ShapeOf(const Figure& figure) {
  if (!figure.charts.empty()) {
    const bool wide =
        std::ranges::any_of(figure.charts, [](const Chart& chart) {
          return chart.kind == Chart::Kind::kTileMap ||
                 chart.kind == Chart::Kind::kMatrix;
        });
    return wide ? FigureShape::kWide : FigureShape::kWithChart;
  }
  const bool numbers =
      std::ranges::all_of(figure.table.columns, [](const Column& column) {
        return column.kind == Column::Kind::kNumber;
      });
  if (numbers) return FigureShape::kNarrow;
  return figure.table.rows.size() > kRowsOfASheet ? FigureShape::kLong
                                                  : FigureShape::kPlain;
}

std::string SeriesName(const Chart::Series& series) {
  return series.item.empty() ? series.label
                             : series.item + "　" + series.label;
}

std::string TitleWithBase(const Figure& figure) {
  std::string title = figure.title + "　" + figure.base;
  if (figure.multiple_answer) title += kMultipleAnswer;
  return title;
}

std::string MarkOf(const Figure& figure) {
  return JoinMarks(SyntheticMark(figure.synthetic, figure.previous_synthetic),
                   figure.edition, figure.restriction);
}

std::string CaptionOf(const Figure& figure) {
  return Bracketed(MarkOf(figure)) + TitleWithBase(figure);
}

std::vector<QuotedCategory> QuotesOf(const Figure& figure) {
  std::vector<QuotedCategory> categories;
  for (const TableRow& row : figure.table.rows) {
    auto category =
        std::ranges::find(categories, row.label, &QuotedCategory::name);
    if (category == categories.end()) {
      categories.push_back({row.label, {}});
      category = categories.end() - 1;
    }
    category->quotes.push_back({row.cells[0].text, row.cells[1].text});
  }
  return categories;
}

std::vector<ColumnWidth> WidthsOf(const Table& table) {
  std::vector<ColumnWidth> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].kind == Column::Kind::kNumber) {
      widths.push_back(ColumnWidth::kNumber);
    } else {
      widths.push_back(IsShort(table, i) ? ColumnWidth::kShort
                                         : ColumnWidth::kText);
    }
  }
  return widths;
}

bool IsOfPreviousYear(const Column& column) {
  return column.key.starts_with(kPrevious);
}

bool HasPreviousYear(const Table& table) {
  return std::ranges::any_of(table.columns, IsOfPreviousYear);
}

std::string MeasureKey(const Column& column) {
  return column.key.substr(IsOfPreviousYear(column) ? kPrevious.size() : 0);
}

std::string LabelWithGroup(const Column& column) {
  return column.group.empty() ? column.label
                              : column.group + " " + column.label;
}

std::optional<ShareSource> ShareSourceOf(const Table& table,
                                         const Column& column) {
  const auto has = [&](const std::string& key) {
    return std::ranges::find(table.columns, key, &Column::key) !=
           table.columns.end();
  };
  constexpr std::string_view kPercent = "percent";
  if (column.key == "rate" && has("received") && has("expected")) {
    return ShareSource{"received", "expected"};
  }
  if (!column.key.ends_with(kPercent)) return std::nullopt;
  const std::string prefix =
      column.key.substr(0, column.key.size() - kPercent.size());
  if (has(prefix + "count")) {
    return ShareSource{prefix + "count",
                       has(prefix + "base") ? prefix + "base" : ""};
  }
  if (has("implementing") && has("municipalities")) {
    return ShareSource{"implementing", "municipalities"};
  }
  return std::nullopt;
}

std::vector<ColumnGroup> GroupsOf(const Table& table) {
  std::vector<ColumnGroup> groups;
  bool headed = false;
  for (const Column& column : table.columns) {
    headed = headed || !column.group.empty();
    if (groups.empty() || groups.back().heading != column.group) {
      groups.push_back({column.group, 0});
    }
    ++groups.back().columns;
  }
  if (!headed) groups.clear();
  return groups;
}

}  // namespace welfare::report
