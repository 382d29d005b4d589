#include "services/report/model/pages/model_builder.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/model/pages/annexes.h"
#include "services/report/model/pages/errata_page.h"
#include "services/report/model/pages/label_years.h"
#include "services/report/model/pages/left_out.h"
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
  model.snapshot_id = std::string(snapshot_id);
  model.date = snapshot.round.window_end.ToString();
  return model;
}

void CollectSymbols(const Table& table, Page& page) {
  for (const TableRow& row : table.rows) {
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
    for (Chart& chart : figure->charts) chart.mark = MarkOf(*figure);
    CollectSymbols(figure->table, page);
  }
}

}  // namespace

ReportModel BuildReport(const ReportTemplate& report_template,
                        const Snapshot& snapshot,
                        std::string_view snapshot_id) {
  Snapshot filled = snapshot;
  FillYears(filled.values);
  FillYears(filled.previous_values);
  const Sentences sentences(filled, report_template.wordings);
  std::vector<LeftOut> left_out;
  ReportModel model = Begin(report_template, filled, snapshot_id);
  for (const TemplatePage& page : report_template.pages) {
    model.pages.push_back(
        BuildPage(page, report_template.tiles, filled, sentences, left_out));
  }
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
  for (Page& page : model.pages) Finish(model, page);
  return model;
}

}  // namespace welfare::report
