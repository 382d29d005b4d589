// Sentences of a template filled with figures: words where there is no number,
// and words that have to fit theirs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "tests/report/model/pages/built_report.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using testing::Build;
using testing::FigureOf;
using testing::kId;
using testing::ListOf;
using testing::WithoutNumbers;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A template of one page that shows `indicators` and says `text`.
ReportTemplate Saying(const std::string& text,
                      const std::string& headline = "見出し",
                      const std::string& more = "") {
  const auto read = ReadTemplate("sample", R"yaml(template: sample
survey: jusou
program: jusou
first_roster_year: 2023
title: 見本
pages:
  - page: 1
    topic: 集計
    headline: ")yaml" + headline +
                                               R"yaml("
    blocks:
      - list:
          - ")yaml" + text +
                                               R"yaml("
      - figure: [plan, partners, supports, contacts, nobody]
      - phases: [phases]
)yaml" + more);
  EXPECT_OK(read);
  return *read;
}

std::string Said(const std::string& text, const Snapshot& snapshot) {
  const ReportModel model = BuildReport(Saying(text), snapshot, kId);
  const std::vector<std::string> lines = ListOf(model.pages.front());
  return lines.empty() ? "" : lines.front();
}

// Nobody left the plan blank.
Snapshot Answered() {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.at("plan").absences.clear();
  snapshot.previous_values.at("plan").absences.clear();
  return snapshot;
}

TEST(Sentences, SetNoLastYearBesideThisOneWhereTooMuchIsUnknown) {
  Snapshot snapshot = Answered();
  EXPECT_EQ(Said("前回は{prev.plan.formulated}。", snapshot),
            "前回は1/3（33.3%）。");
  IndicatorValue& before = snapshot.previous_values.at("plan");
  before.absences = {{base::Absence::kUnknown, 1, std::nullopt}};
  for (const char* text :
       {"前回は{prev.plan.formulated}。", "前回は{prev.plan.formulated.count}。",
        "前回は{prev.plan.formulated.percent}%。", "最多は{prev.plan.top}。"}) {
    EXPECT_EQ(Said(text, snapshot),
              "「計画の策定状況」は両年度を比べられないため（令和6年度は3のうち"
              "1が不詳）、この文を省いた。")
        << text;
  }
  // How many are unknown, and what they are called, is known.
  EXPECT_EQ(Said("前回の不詳は{prev.plan.@UNKNOWN}、n={prev.plan.n}。", snapshot),
            "前回の不詳は1/3（33.3%）、n=3。");
  EXPECT_EQ(Said("前回も{prev.plan.formulated.label}。", snapshot),
            "前回も策定済み。");
  EXPECT_EQ(Said("今回は{plan.formulated}。", snapshot), "今回は2/4（50.0%）。");
}

TEST(Sentences, SayInWordsWhatIsUndefined) {
  const Snapshot snapshot = WithoutNumbers();
  EXPECT_EQ(Said("有は{nobody.yes}。", snapshot), "有は対象なし。");
  EXPECT_EQ(Said("不詳は{nobody.@UNKNOWN}。", snapshot), "不詳は対象なし。");
  EXPECT_EQ(Said("多いのは{nobody.top}。", snapshot), "多いのは対象なし。");
  EXPECT_EQ(Said("支援は{supports.total}。", snapshot),
            "支援は数値の回答なし。");
  EXPECT_EQ(Said("対象は{nobody.n}。", snapshot), "対象は0。");
}

TEST(Sentences, AreReplacedByANoteWhereABareNumberIsUndefined) {
  const Snapshot snapshot = WithoutNumbers();
  for (const char* text :
       {"{nobody.yes.count}自治体。", "{nobody.yes.percent}%。",
        "{nobody.answered}自治体。", "{nobody.@UNKNOWN.count}自治体。",
        "{nobody.@UNKNOWN.percent}%。"}) {
    EXPECT_EQ(Said(text, snapshot),
              "「対象のない設問」の対象がないため、この文を省いた。")
        << text;
  }
  EXPECT_EQ(Said("最多は{contacts.rank_1.value}回。", snapshot),
            "「最多の回数」に数値の回答がないため、この文を省いた。");
  const ReportModel model = BuildReport(
      Saying("文。", "最多は{contacts.rank_1.value}回"), snapshot, kId);
  EXPECT_EQ(model.pages[0].headline,
            "集計（「最多の回数」に数値の回答がないため、見出しを省いた。）");
}

// 2 of 4 this year, 1 of 3 last year.
TEST(Sentences, TakeTheFirstWordsThatFitTheirShare) {
  const ReportTemplate saying = Saying(
      "策定は{plan.formulated~7割以上|半数以上|約半数}。"
      "{last_year}は{prev.plan.formulated~3割|半数以上}。",
      "見出し", R"yaml(
wordings:
  version: "1"
  valid_from: "2021-04-01"
  rules:
    - pattern: "{tenths}割以上"
      kind: range
      lower: {offset: "0"}
      cap: "1/10"
    - pattern: "{tenths}割"
      kind: range
      lower: {offset: "-1/20"}
      upper: {offset: "1/20", inclusive: false}
    - pattern: "半数以上"
      kind: range
      value: "1/2"
      lower: {offset: "0"}
    - pattern: "約半数"
      kind: range
      value: "1/2"
      lower: {offset: "-1/20"}
      upper: {offset: "1/20"}
)yaml");
  const Snapshot snapshot = Answered();
  const ReportModel fits = BuildReport(saying, snapshot, kId);
  EXPECT_THAT(ListOf(fits.pages[0]),
              ElementsAre("策定は半数以上。令和6年度は3割。"));
  EXPECT_TRUE(fits.pages[0].unfit.empty());
  Snapshot fewer = snapshot;
  fewer.values.at("plan").cells[0].count = 1;
  EXPECT_THAT(
      BuildReport(saying, fewer, kId).pages[0].unfit,
      ElementsAre(HasSubstr(
          "「7割以上」「半数以上」「約半数」は1/4（25.0%）に合わない。")));
}

TEST(Sentences, SayThatATotalIsALowerBound) {
  const Snapshot snapshot = SmallSnapshot();
  EXPECT_EQ(Said("支援は{supports.total}。", snapshot),
            "支援は少なくとも14件。");
  EXPECT_EQ(Said("支援は{supports.total.value}件。", snapshot),
            "支援は少なくとも14件。");
  const Figure figure = FigureOf(Build(snapshot), "p03_supports");
  EXPECT_EQ(figure.table.rows[0].cells[0].symbol, Symbol::kLowerBound);
  EXPECT_EQ(figure.table.rows[0].cells[0].data, "14");
}

TEST(Sentences, SayWhatTheMostChosenPassesOver) {
  Snapshot snapshot = SmallSnapshot();
  std::vector<ValueCell>& cells = snapshot.values.at("partners").cells;
  cells.push_back(cells[0]);  // 4 of 4, as the first
  cells.back().role = OptionRole::kOther;
  cells.back().label = "その他";
  cells.push_back(cells[1]);  // 3 of 4: below the first
  cells.back().role = OptionRole::kNone;
  cells.back().label = "該当なし";
  EXPECT_EQ(Said("{partners.top}。", snapshot),
            "「ハローワーク」4/4（100.0%）（その他を除く）。");
  cells[0].count = 1;
  cells[1].count = 0;
  EXPECT_EQ(Said("{partners.top}。", snapshot),
            "「ハローワーク」1/4（25.0%）（その他・該当なしを除く）。");
}

// An option is judged by what it is, not by its key: 「予定なし」 may well be
// what most chose.
TEST(Sentences, NameAnOptionWithTheKeyNoneThatIsAnAnswer) {
  Snapshot snapshot = SmallSnapshot();
  std::vector<ValueCell>& cells = snapshot.values.at("plan").cells;
  cells.back().count = 3;
  ASSERT_EQ(cells.back().key, "none");
  EXPECT_EQ(Said("{plan.top}。", snapshot), "「予定なし」3/4（75.0%）。");
}

TEST(Sentences, TakeAnAbsenceOutsideTheBaseOfThePopulation) {
  EXPECT_EQ(Said("{supports.@NOT_APPLICABLE}。", SmallSnapshot()),
            "1/4（25.0%）。");
}

}  // namespace
}  // namespace welfare::report
