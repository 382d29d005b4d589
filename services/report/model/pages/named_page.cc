#include "services/report/model/pages/named_page.h"

#include <string>
#include <utility>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

Figure BeginFigure(const NamedQuestion& question, std::string_view suffix) {
  Figure figure;
  figure.id = "named_" + question.id + std::string(suffix);
  figure.title =
      question.label + (question.council ? "（社会福祉協議会）" : "（区市町村）");
  figure.base = "n=" + std::to_string(question.base);
  figure.year = YearWords(question.reference_year);
  figure.multiple_answer = question.multiple_answer;
  return figure;
}

// Who chose each option, or wrote in each row.
Figure ChoiceFigure(const NamedQuestion& question) {
  Figure figure = BeginFigure(question, "");
  figure.table.row_key = "option";
  figure.table.row_label = "区分";
  figure.table.columns = {
      NumberColumn("count", "回答数", kCountUnit),
      {"names", "団体名", Column::Kind::kText, "", "", true}};
  for (const NamedQuestion::Choice& choice : question.choices) {
    std::string names;
    for (const std::string& name : choice.names) {
      if (!names.empty()) names += kBetweenNames;
      names += name;
    }
    figure.table.rows.push_back(
        {choice.key,
         choice.label,
         {NumberCell(static_cast<long long>(choice.names.size())),
          TextCell(std::move(names))},
         choice.absence});
  }
  return figure;
}

// What each wrote.
Figure WrittenFigure(const NamedQuestion& question) {
  Figure figure = BeginFigure(question, "_written");
  figure.title += "の記述";
  figure.base =
      "記述 " + std::to_string(question.written.size()) + "　" + figure.base;
  figure.table.row_key = "respondent";
  figure.table.row_label = "団体名";
  const bool rows = !question.choices.empty() && !question.written.empty() &&
                    !question.written.front().row.empty();
  if (rows) {
    figure.table.columns.push_back({"row", "区分", Column::Kind::kText});
  }
  figure.table.columns.push_back({"text", "記述", Column::Kind::kText});
  const NamedQuestion::Written* last = nullptr;
  for (const NamedQuestion::Written& one : question.written) {
    const bool goes_on = last != nullptr &&
                         last->respondent == one.respondent &&
                         last->row == one.row;
    last = &one;
    TableRow row{
        one.respondent, goes_on ? one.name + "（続き）" : one.name, {}, false};
    if (rows) row.cells.push_back(TextCell(one.row));
    TableCell cell = TextCell(one.text);
    if (!one.printed.empty()) cell.text = one.printed;
    row.cells.push_back(std::move(cell));
    figure.table.rows.push_back(std::move(row));
  }
  return figure;
}

}  // namespace

void AddNamedAnswers(const Snapshot& snapshot, ReportModel& model) {
  if (snapshot.audience != Audience::kStakeholders) return;
  Page page;
  page.id = "annex-names";
  page.label =
      snapshot.edition == Edition::kCorrected ? "附表4" : "附表3";
  page.topic = "団体名の一覧（関係者限り）";
  page.headline = snapshot.named.empty()
                      ? "団体名を関係者に示せる設問はない"
                      : "団体名を関係者に示せる設問は" +
                            std::to_string(snapshot.named.size()) + "問";
  page.blocks.emplace_back(Paragraph{
      {{"調査票で公開の範囲を関係者限り、または名称とともに公開とした設問に限り、"
        "だれがどう答えたかを示す。ほかの設問は集計値だけである。この報告書は、"
        "調査の対象となった区市町村と社会福祉協議会のほかに渡してはならない。"}}});
  for (const NamedQuestion& question : snapshot.named) {
    if (!question.choices.empty()) {
      page.blocks.emplace_back(ChoiceFigure(question));
    }
    if (!question.written.empty()) {
      page.blocks.emplace_back(WrittenFigure(question));
    }
  }
  model.pages.push_back(std::move(page));
}

}  // namespace welfare::report
