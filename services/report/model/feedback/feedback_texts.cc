#include "services/report/model/feedback/feedback_texts.h"

#include <cstddef>
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/report/model/feedback/own_figure.h"
#include "services/report/model/layout.h"
#include "services/report/model/words.h"
#include "services/vocabulary/small_base.h"

namespace welfare::report {
namespace {

// As many titles are named; the rest is counted.
constexpr std::size_t kTitlesNamed = 6;

Page MakePage(std::string id, std::string title) {
  Page page;
  page.id = std::move(id);
  page.topic = title;
  page.headline = std::move(title);
  return page;
}

void Add(BulletList& list, std::string text) {
  list.items.push_back({{std::move(text)}});
}

std::string NamedWords(const std::vector<std::string>& titles) {
  std::string words;
  for (std::size_t i = 0; i < titles.size() && i < kTitlesNamed; ++i) {
    words += "「" + titles[i] + "」";
  }
  if (titles.size() > kTitlesNamed) {
    words += "ほか" + std::to_string(titles.size() - kTitlesNamed) + "問";
  }
  return words;
}

std::string_view StatedWords(Stated stated) {
  switch (stated) {
    case Stated::kYes:
      return "当てはまる";
    case Stated::kNo:
      return "当てはまらない";
    case Stated::kUnknown:
      break;
  }
  return "不明（回答がない設問がある）";
}

}  // namespace

std::string_view LevelWords(PublishLevel level) {
  switch (level) {
    case PublishLevel::kInternal:
      return "公表しない";
    case PublishLevel::kStakeholders:
      return "関係者限り・団体名あり";
    case PublishLevel::kAggregate:
      return "集計値のみ公表";
    case PublishLevel::kPublic:
      return "団体名とともに公表";
  }
  return "";
}

Page RequestPage(const RequestFacts& facts) {
  Page page = MakePage("request", "公表する内容と、ご確認のお願い");
  const std::string edition =
      facts.edition == Edition::kNone
          ? "報告書"
          : "報告書（" + std::string(EditionWords(facts.edition)) + "）";
  page.blocks.emplace_back(Paragraph{
      {{edition + "の公表に先立ち、貴団体の回答と全体の集計値をお知らせします。"
                  "貴団体について公表するのは、次のとおりです。"}}});
  BulletList published;
  Add(published,
      (facts.council ? std::string("所在する区市町村の") : std::string()) +
          "事業の実施状況（" + YearWords(facts.year) + "：" +
          (!facts.implementing.has_value() ? "記録なし"
           : *facts.implementing           ? "実施"
                                           : "未実施") +
          "）。台帳の事項として、自治体名とともに公表します。");
  const auto of = [&](PublishLevel level) {
    const auto found = facts.questions.find(level);
    return found == facts.questions.end() ? 0 : found->second;
  };
  const auto count = [](int questions) {
    return std::to_string(questions) + "問";
  };
  if (const int questions = of(PublishLevel::kAggregate); questions > 0) {
    Add(published, "集計値としてだけ公表する設問：" + count(questions) +
                       "。団体名は示しません。");
  }
  if (of(PublishLevel::kStakeholders) > 0) {
    Add(published, "関係者限り（この調査の対象となった区市町村と社協だけ）で、"
                   "団体名とともに示すことがある設問：" +
                       count(of(PublishLevel::kStakeholders)) +
                       "。一般には、記入した団体の数などの集計値だけを"
                       "公表します。");
  }
  if (of(PublishLevel::kPublic) > 0) {
    Add(published, "団体名とともに公表する設問：" +
                       count(of(PublishLevel::kPublic)) + "。");
  }
  if (!facts.named.empty()) {
    Add(published, "団体名とともに示すことがあるのは、" +
                       NamedWords(facts.named) + "です。");
  }
  if (of(PublishLevel::kInternal) > 0) {
    Add(published, "公表しない設問：" + count(of(PublishLevel::kInternal)) +
                       "。");
  }
  page.blocks.emplace_back(std::move(published));
  if (!facts.counted) {
    page.blocks.emplace_back(Paragraph{
        {{"貴団体の回答は、この集計に含まれていません（未提出、または差戻し中"
          "です）。",
          Run::Style::kStrong}}});
  }
  page.blocks.emplace_back(Heading{"お願い"});
  BulletList asked;
  if (facts.counted) {
    Add(asked, "「貴団体」の欄（" + std::string(kOwnMark) +
                   "）が、貴団体の回答のとおりかをお確かめください。");
    Add(asked, "正しければ「確認」、誤りがあれば「異議」として、設問と正しい"
               "内容を、調査の窓口にお知らせください。確認番号を添えてくださ"
               "い。");
  } else {
    Add(asked, "回答をお持ちの場合は、調査の窓口にお知らせください。");
  }
  Add(asked, "受け付けるのは、報告書を公表するまでです。");
  Add(asked, "この票は貴団体の回答を示すものです。ほかの団体や一般の方には"
             "渡さないでください。");
  page.blocks.emplace_back(std::move(asked));
  return page;
}

Page PairRequestPage(bool shown_to_respondents) {
  Page page = MakePage("request", "この票について");
  BulletList list;
  Add(list, "区市町村と社協の双方に尋ねた事実について、両者の回答を並べたもの"
            "です。");
  Add(list, "一致しない場合も、どちらかを正しいとみなすものではありません。"
            "事実を確かめ、必要があれば回答を訂正してください。");
  Add(list, shown_to_respondents
                ? "両団体だけが見ることができます。ほかには渡さないでください。"
                : "設問の公開の範囲により、調査の担当者だけが見ることができま"
                  "す。両団体を含め、ほかには渡さないでください。");
  Add(list, "回答の確認は、団体ごとの回答確認票で行います。");
  page.blocks.emplace_back(std::move(list));
  return page;
}

Page GuidePage(const std::map<Symbol, std::string>& symbols, bool two_years,
               bool replaced_characters) {
  Page page = MakePage("guide", "この票の見方");
  BulletList list;
  Add(list, std::string(kOwnMark) +
                "：貴団体が選んだ回答。回答数と割合は、対象となった団体全体の"
                "集計値です。");
  Add(list, "n：母数。非該当と未提出を除き、無回答、不詳、カウントしていないを"
            "含みます。複数回答では、割合の合計が100%を超えることがあります。");
  if (two_years) {
    Add(list, "前年度の欄は、両年度を比べられると定められた設問に限ります。欄の"
              "ない設問には、その理由を注に示します。母数が異なるため、回答数では"
              "なく割合で比べてください。");
  }
  Add(list, "母数が" + std::to_string(kFewestForPercent) +
                "に満たないときは、割合を示しません。" +
                std::to_string(vocabulary::kSmallBaseLimit) +
                "に満たないときは、1団体の回答が" +
                *base::FormatPercent(1, vocabulary::kSmallBaseLimit - 1) +
                "ポイント以上に当たります。");
  Add(list, "集計の対象が" + std::to_string(kFewestShown - 1) +
                "団体以下のときは、ほかの団体の回答が分かるため、集計値を示し"
                "ません。");
  if (replaced_characters) {
    Add(list, "印刷の書体にない文字は、〔U+…〕のように番号で示します。");
  }
  Page used;
  used.symbols = symbols;
  for (const LegendEntry& entry : LegendOf(used)) {
    Add(list, entry.sign + "：" + entry.meaning);
  }
  page.blocks.emplace_back(std::move(list));
  return page;
}

std::string FactWords(Stated municipality, Stated council) {
  if (municipality == Stated::kUnknown || council == Stated::kUnknown) {
    return "対照できない（区市町村：" + std::string(StatedWords(municipality)) +
           "、社協：" + std::string(StatedWords(council)) + "）";
  }
  if (municipality == council) {
    return "一致（両者とも" + std::string(StatedWords(municipality)) + "）";
  }
  return "不一致（区市町村：" + std::string(StatedWords(municipality)) +
         "、社協：" + std::string(StatedWords(council)) + "）。事実の確認が必要";
}

void CollectSymbols(const Table& table, Page& page) {
  const auto use = [&page](Symbol symbol) {
    page.symbols.emplace(symbol, SymbolText(symbol));
  };
  for (const TableRow& row : table.rows) {
    for (const TableCell& cell : row.cells) {
      if (cell.symbol != Symbol::kNone) use(cell.symbol);
    }
    // Absences inside the base have rows of their own.
    for (const Symbol symbol :
         {Symbol::kNoAnswer, Symbol::kNotCounted, Symbol::kUnknown}) {
      if (row.key == SymbolName(symbol)) use(symbol);
    }
  }
}

}  // namespace welfare::report
