#include "services/report/model/pages/model_builder.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/model/pages/annexes.h"
#include "services/report/model/pages/changes_page.h"
#include "services/report/model/pages/errata_page.h"
#include "services/report/model/pages/label_years.h"
#include "services/report/model/pages/left_out.h"
#include "services/report/model/pages/named_page.h"
#include "services/report/model/pages/page_builder.h"
#include "services/report/model/pages/sentences.h"
#include "services/report/model/printed_texts.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

// The report without its pages.
ReportModel Begin(const ReportTemplate& report_template,
                  const Snapshot& snapshot, std::string_view snapshot_id) {
  ReportModel model;
  model.id =
      report_template.id + "-" + std::to_string(snapshot.round.fiscal_year);
  model.title = report_template.title;
  model.title_lines = report_template.title_lines;
  model.subtitle = report_template.subtitle;
  model.publisher = snapshot.round.publisher;
  model.year = YearWordsWestern(snapshot.round.fiscal_year);
  model.fiscal_year = snapshot.round.fiscal_year;
  model.synthetic = snapshot.round.synthetic;
  model.previous_synthetic =
      snapshot.previous_round.has_value() && snapshot.previous_round->synthetic;
  model.edition = snapshot.edition;
  if (snapshot.audience == Audience::kStakeholders) {
    model.restriction = std::string(kStakeholdersOnly);
    model.file_mark = "stakeholders-";
  }
  model.snapshot_id = std::string(snapshot_id);
  model.symbols = report_template.symbols;
  model.date = snapshot.round.window_end.ToString();
  return model;
}

// Whether a share of nothing stands in the cell: printed as `0.0` it would say
// that there is little.
bool IsShareOfZero(const Table& table, const TableRow& row, std::size_t at) {
  const auto source = ShareSourceOf(table, table.columns[at]);
  if (!source.has_value() || row.cells[at].data != "0.0") return false;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].key == source->numerator) {
      return row.cells[i].symbol == Symbol::kZero;
    }
  }
  return false;
}

// Writes the signs of the report into a table, and notes which it uses.
void WriteSymbols(const SymbolProfile& profile, Figure& figure) {
  const auto use = [&](Symbol symbol) {
    figure.symbols.emplace(symbol, profile.SignOf(symbol));
  };
  const bool zero_is_a_sign =
      profile.SignOf(Symbol::kZero) != SymbolText(Symbol::kZero);
  for (TableRow& row : figure.table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      TableCell& cell = row.cells[i];
      if (zero_is_a_sign && IsShareOfZero(figure.table, row, i)) {
        cell.text = profile.SignOf(Symbol::kZero);
      }
      // What is no number has a sign, and no minus.
      if (!profile.minus.empty() && cell.data.starts_with('-') &&
          cell.text.starts_with('-') &&
          figure.table.columns[i].kind == Column::Kind::kNumber) {
        cell.text.replace(0, 1, profile.minus);
      }
      if (cell.symbol == Symbol::kNone) continue;
      use(cell.symbol);
      // A bound stands behind its number.
      if (cell.symbol != Symbol::kLowerBound) {
        cell.text = profile.SignOf(cell.symbol);
      }
    }
    // Absences inside the base have rows of their own.
    for (const Symbol symbol :
         {Symbol::kNoAnswer, Symbol::kNotCounted, Symbol::kUnknown}) {
      if (row.key == SymbolName(symbol)) use(symbol);
    }
  }
  for (Chart& chart : figure.charts) {
    for (Chart::Series& series : chart.series) {
      for (Chart::Point& point : series.points) {
        if (point.absent &&
            point.label == SymbolText(Symbol::kNotApplicable)) {
          point.label = profile.SignOf(Symbol::kNotApplicable);
        }
      }
    }
  }
}

// What follows from the finished page: marks and the legend.
void Finish(const ReportModel& model, Page& page) {
  ReplaceRawPlaceholders(page);
  for (Block& block : page.blocks) {
    auto* figure = std::get_if<Figure>(&block);
    if (figure == nullptr) continue;
    figure->synthetic = model.synthetic;
    figure->previous_synthetic =
        figure->has_previous && model.previous_synthetic;
    figure->edition = model.edition;
    figure->restriction = model.restriction;
    for (Chart& chart : figure->charts) chart.mark = MarkOf(*figure);
    WriteSymbols(model.symbols, *figure);
    page.symbols.insert(figure->symbols.begin(), figure->symbols.end());
  }
}

}  // namespace

ReportModel BuildReport(const ReportTemplate& report_template,
                        const Snapshot& snapshot,
                        std::string_view snapshot_id) {
  Snapshot filled = snapshot;
  FillYears(filled.values);
  FillYears(filled.previous_values);
  const Snapshot both = filled;
  LeaveOutBrokenYears(report_template.comparability, filled);
  const Sentences sentences(filled, report_template.wordings);
  std::vector<LeftOut> left_out;
  ReportModel model = Begin(report_template, filled, snapshot_id);
  for (const TemplatePage& page : report_template.pages) {
    model.pages.push_back(
        BuildPage(page, report_template, filled, sentences, left_out));
  }
  AddComparabilityNotes(report_template.comparability, both, model);
  AddComparison(filled, model);
  for (Page& page : model.pages) {
    for (const std::string& name : ReplaceRawPlaceholders(page)) {
      left_out.push_back({page.label, page.id, "PLACEHOLDER_UNKNOWN", name,
                          "調査票の言葉にある「" + name +
                              "」は埋められないため、〔〕で囲んで示す。"});
    }
  }
  AddColophon(filled, left_out, model);
  AddErrata(filled, model);
  AddNamedAnswers(filled, model);
  AddChanges(report_template.comparability, filled, model);
  for (Page& page : model.pages) Finish(model, page);
  FillSymbolLegend(model);
  return model;
}

}  // namespace welfare::report
