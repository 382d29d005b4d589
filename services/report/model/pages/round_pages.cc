#include "services/report/model/pages/round_pages.h"

#include <string>
#include <utility>
#include <vector>

#include "services/base/numbers/percent.h"
#include "services/report/model/layout.h"
#include "services/report/model/words.h"

namespace welfare::report {

using base::RespondentKind;

namespace {

// `速報（提出済み119件の回答による。うち受理80件、未提出5件）`.
std::string StageWords(const Snapshot& snapshot) {
  const ProgressGroup all = TotalOf(snapshot.progress);
  const std::string words(EditionWords(snapshot.edition));
  if (snapshot.edition == Edition::kCorrected) {
    return words + "（" + snapshot.correction_reason + "）";
  }
  if (snapshot.edition == Edition::kFinal) {
    return words + "（受理済み" + std::to_string(all.accepted) +
           "件の回答による）";
  }
  return words + "（提出済み" + std::to_string(all.received) +
         "件の回答による。うち受理" + std::to_string(all.accepted) +
         "件、未提出" + std::to_string(all.expected - all.received) + "件）";
}

}  // namespace

void AddCover(const Snapshot& snapshot, Page& page) {
  const RoundFacts& round = snapshot.round;
  page.cover = true;
  DefinitionList list;
  const auto add = [&](std::string term, std::string text) {
    list.items.push_back({std::move(term), {{{std::move(text)}}}});
  };
  add("対象年度", YearWordsWestern(round.fiscal_year));
  // Nobody publishes demonstration data: a real body's name does not stand
  // over answers nobody gave.
  add("発行", round.synthetic ? "架空データによる見本（発行物ではない）"
                              : round.publisher);
  add("集計の段階", StageWords(snapshot));
  if (snapshot.audience == Audience::kStakeholders) {
    add("対象者", "関係者限り（調査の対象となった区市町村と社会福祉協議会）");
  }
  add("調査票の版", round.codebook);
  page.blocks.push_back(std::move(list));
}

void AddOutline(const Snapshot& snapshot, const Sentences& sentences,
                Page& page) {
  const RoundFacts& round = snapshot.round;
  DefinitionList list;
  const auto add = [&](std::string term, std::vector<std::string> texts) {
    DefinitionList::Item item{std::move(term), {}};
    for (std::string& text : texts) item.lines.push_back({{std::move(text)}});
    list.items.push_back(std::move(item));
  };
  add("調査名", {round.display_name});
  add("目的", {round.purpose});
  std::vector<std::string> targets;
  for (const ProgressGroup& group : snapshot.progress) {
    const std::string kind = group.kind == RespondentKind::kMunicipality
                                 ? "区市町村"
                                 : "社会福祉協議会";
    targets.push_back(YearWords(round.fiscal_year) +
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
  add("回収", {"区市町村　" + sentences.ReturnsWords("returns.municipality"),
               "社会福祉協議会　" + sentences.ReturnsWords("returns.council")});
  if (snapshot.previous_round.has_value()) {
    const RoundFacts& before = *snapshot.previous_round;
    add("前回調査", {YearWords(before.fiscal_year) + "（" +
                     WindowWords(before.window_start, before.window_end) +
                     "）" + (before.synthetic ? "　架空データ" : "")});
  }
  page.blocks.push_back(std::move(list));
}

void AddReturns(const Snapshot& snapshot, Page& page) {
  Figure figure;
  figure.id = page.id + "_returns";
  figure.title = "回収の状況";
  figure.year = YearWords(snapshot.round.fiscal_year);
  figure.table.row_key = "group";
  figure.table.row_label = "回答者";
  figure.table.columns = {NumberColumn("expected", "対象", kCountUnit),
                          NumberColumn("received", "回収", kCountUnit),
                          NumberColumn("on_time", "うち期間内", kCountUnit),
                          NumberColumn("rate", "回収率（%）", kPercentUnit)};
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
  for (const ProgressGroup& group : snapshot.progress) {
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

}  // namespace welfare::report
