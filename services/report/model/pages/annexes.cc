#include "services/report/model/pages/annexes.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "services/base/coding/sha256.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

constexpr std::string_view kSymbolHeading = "記号";

std::string_view VerdictWords(std::optional<Verdict> verdict) {
  switch (verdict.value_or(Verdict::kNotComputed)) {
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
      break;
  }
  return "計算対象外";
}

std::string_view CheckWords(std::optional<Check> check) {
  if (!check.has_value()) return "区分なし";
  switch (*check) {
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
  }
  return "区分なし";
}

// Whether a number printed beside the statement is the computed one.
TableCell AgreementCell(std::optional<Agreement> agreement) {
  // None is printed.
  if (!agreement.has_value()) return SymbolCell(Symbol::kNotApplicable);
  switch (*agreement) {
    case Agreement::kSame:
      return TextCell("同じ");
    case Agreement::kDiffers:
      return TextCell("異なる");
  }
  return SymbolCell(Symbol::kNotApplicable);
}

TableCell WordingCell(std::optional<Verdict> verdict) {
  return verdict.has_value() ? TextCell(std::string(VerdictWords(verdict)))
                             : SymbolCell(Symbol::kNotApplicable);
}

// Why a statement is not computed: its kind, or what this round lacks for one
// that could be.
std::string NotComputedWords(const Statement& statement) {
  if (!statement.computable()) return std::string(CheckWords(statement.check));
  std::string words = "この回では計算できない";
  if (!statement.not_computed_reason.empty()) {
    words += "（" + statement.not_computed_reason + "）";
  }
  return words;
}

Figure LeftOutTable(const std::vector<LeftOut>& left_out) {
  Figure figure;
  figure.id = "annex2_left_out";
  figure.title = "テンプレートのうち、この回の調査票に合わず省いたもの";
  figure.base = "省いた箇所 " + std::to_string(left_out.size());
  figure.table.row_key = "number";
  figure.table.row_label = "番号";
  figure.table.columns = {{"page", "頁", Column::Kind::kText},
                          {"place", "テンプレートの箇所", Column::Kind::kText},
                          {"subject", "対象", Column::Kind::kText},
                          {"reason", "理由の符号", Column::Kind::kText},
                          {"note", "理由", Column::Kind::kText}};
  for (const LeftOut& one : left_out) {
    const std::string number = std::to_string(figure.table.rows.size() + 1);
    TableRow row{number, number, {}, false};
    for (const std::string& text :
         {one.page, one.place, one.subject, one.reason, one.words}) {
      row.cells.push_back(TextCell(text));
    }
    figure.table.rows.push_back(std::move(row));
  }
  return figure;
}

}  // namespace

void AddComparison(const Snapshot& snapshot, ReportModel& model) {
  if (snapshot.statements.empty()) return;
  const std::string year = YearWords(snapshot.round.fiscal_year);
  Page page;
  page.id = "annex-1";
  page.label = "附表1";
  page.topic = "公表値との照合";
  Figure computed;
  computed.id = "annex1_comparison";
  computed.title = "公表値と計算値の照合";
  // Statements about a change hold last year's figures as well.
  computed.has_previous = model.previous_synthetic && !model.synthetic;
  computed.year = year;
  computed.table.row_key = "statement";
  computed.table.row_label = "公表された項目";
  computed.table.columns = {NumberColumn("page", "頁", "頁"),
                            {"published", "公表値", Column::Kind::kText},
                            {"reading", "読み方", Column::Kind::kText},
                            {"population", "母集団", Column::Kind::kText},
                            {"computed", "計算値", Column::Kind::kText},
                            {"verdict", "判定", Column::Kind::kText},
                            {"count", "件数", Column::Kind::kText},
                            {"base", "母数", Column::Kind::kText},
                            {"wording", "言い回し", Column::Kind::kText},
                            {"rule", "判定の規則", Column::Kind::kText}};
  Figure left;
  left.id = "annex1_not_computed";
  left.title = "計算の対象としない記述";
  left.year = year;
  left.table.row_key = "statement";
  left.table.row_label = "公表された項目";
  left.table.columns = {NumberColumn("page", "頁", "頁"),
                        {"published", "公表値", Column::Kind::kText},
                        {"kind", "計算しない理由", Column::Kind::kText}};
  int checked = 0;
  int agreeing = 0;
  int unruled = 0;
  for (const Statement& statement : snapshot.statements) {
    const bool counted = statement.verdict.has_value() &&
                         statement.verdict != Verdict::kNotComputed;
    TableRow row{statement.id, statement.label, {}, false};
    if (!counted || statement.readings.empty()) {
      row.cells = {NumberCell(statement.page), TextCell(statement.published),
                   TextCell(NotComputedWords(statement))};
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
          AgreementCell(reading.count),
          AgreementCell(reading.base),
          WordingCell(reading.wording),
          TextCell(reading.rule)};
      computed.table.rows.push_back(std::move(one));
    }
  }
  computed.base = "判定した項目 " + std::to_string(checked - unruled) +
                  "　計算したが判定の規則がない項目 " + std::to_string(unruled);
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
                  snapshot.wording_profile +
                  "）で判定する。判定は項目が述べるもの（件数、割合、言い回し）"
                  "だけにより、添えて印刷された件数と母数が計算値と同じか、言い"
                  "回しが合うかは、別の列に示す。"}}});
  if (model.synthetic) {
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
  model.pages.push_back(std::move(page));
}

void AddColophon(const Snapshot& snapshot, const std::vector<LeftOut>& left_out,
                 ReportModel& model) {
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
      "前の年度の値は、その年度の調査の対象と母数による。対象が異なるため、"
      "差は増減を直接には示さない。");
  page.blocks.push_back(Heading{"集計の規則"});
  page.blocks.push_back(std::move(rules));
  page.blocks.push_back(Heading{std::string(kSymbolHeading)});
  page.blocks.push_back(DefinitionList{});  // FillSymbolLegend
  page.blocks.push_back(Heading{"版"});
  DefinitionList versions;
  const auto add = [&](std::string term, std::string text) {
    versions.items.push_back({std::move(term), {{{std::move(text)}}}});
  };
  std::string definitions;
  for (const auto& [id, value] : snapshot.values) {
    definitions += id + " " + value.definition_digest + "\n";
  }
  add("スナップショット", model.snapshot_id);
  if (!snapshot.corrected_snapshot.empty()) {
    add("訂正前のスナップショット", snapshot.corrected_snapshot);
  }
  add("調査票", snapshot.round.codebook);
  add("集計定義", base::Sha256Hex(definitions));
  add("報告書テンプレート", snapshot.template_digest);
  if (!snapshot.wording_profile.empty()) {
    add("言い回しの判定規則", snapshot.wording_profile);
  }
  page.blocks.push_back(std::move(versions));
  if (!left_out.empty()) {
    page.blocks.push_back(Heading{"この回の調査票に合わず省いたもの"});
    page.blocks.push_back(LeftOutTable(left_out));
  }
  model.pages.push_back(std::move(page));
}

void FillSymbolLegend(ReportModel& model) {
  std::map<Symbol, std::string> used;
  for (const Page& page : model.pages) {
    used.insert(page.symbols.begin(), page.symbols.end());
  }
  for (Page& page : model.pages) {
    for (std::size_t i = 0; i + 1 < page.blocks.size(); ++i) {
      const auto* heading = std::get_if<Heading>(&page.blocks[i]);
      auto* legend = std::get_if<DefinitionList>(&page.blocks[i + 1]);
      if (heading == nullptr || legend == nullptr ||
          heading->text != kSymbolHeading) {
        continue;
      }
      for (const auto& [symbol, sign] : used) {
        legend->items.push_back({sign, {{{SymbolMeaning(symbol)}}}});
      }
      // No sign, no legend.
      if (used.empty()) {
        page.blocks.erase(page.blocks.begin() + static_cast<std::ptrdiff_t>(i),
                          page.blocks.begin() +
                              static_cast<std::ptrdiff_t>(i + 2));
      }
      return;
    }
  }
}

}  // namespace welfare::report
