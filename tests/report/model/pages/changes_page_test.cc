#include "services/report/model/pages/changes_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/report/template/fit.h"
#include "tests/report/model/pages/built_report.h"

namespace welfare::report {
namespace {

using testing::FigureOf;
using testing::kId;
using testing::RowOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// `plan` of 30 this year and of 23 last year.
Snapshot LargeSnapshot() {
  Snapshot snapshot = SmallSnapshot();
  const auto set = [](IndicatorValue& value, std::vector<int> counts, int n) {
    value.base = value.population_size = n;
    value.answered = n;
    value.absences.clear();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      value.cells[i].count = counts[i];
      value.cells[i].base = n;
    }
  };
  set(snapshot.values.at("plan"), {23, 7, 0}, 30);
  set(snapshot.previous_values.at("plan"), {15, 8, 0}, 23);
  return snapshot;
}

ReportModel BuildWith(const std::string& declared, const Snapshot& snapshot) {
  const auto read =
      ReadTemplate("sample", SmallTemplateYaml() + "comparability:\n" + declared);
  EXPECT_OK(read);
  return BuildReport(*read, snapshot, kId);
}

bool HasChanges(const ReportModel& model) {
  return model.pages.back().id == "annex-changes";
}

TEST(ChangesPage, RoundsTheDifferenceOfExactSharesOnce) {
  const ReportModel model =
      BuildWith("  - {since: 2024, indicators: plan}\n", LargeSnapshot());
  ASSERT_TRUE(HasChanges(model));
  const Figure figure = FigureOf(model, "annex_changes");
  // 76.66… less 65.21… is 11.449…: of rounded shares it would be 11.5.
  EXPECT_THAT(RowOf(figure, "plan.formulated"),
              ElementsAre("計画の策定状況", "23", "30", "0", "15", "23", "0", "11.4",
                          "nが異なる"));
  // 23.33… less 34.78… is -11.449…
  EXPECT_THAT(RowOf(figure, "plan.in_progress"),
              Contains("-11.4"));
  EXPECT_THAT(RowOf(figure, "plan.none"), Contains("0.0"));
  EXPECT_THAT(RowOf(figure, "partners.work"), IsEmpty());
}

TEST(ChangesPage, KeepsAClassOfOneYearWithItsReasonInsteadOfADifference) {
  Snapshot snapshot = LargeSnapshot();
  snapshot.previous_values.at("plan").cells[1].key = "other";
  const Figure figure = FigureOf(
      BuildWith("  - {since: 2024, indicators: plan}\n", snapshot),
      "annex_changes");
  EXPECT_THAT(RowOf(figure, "plan.in_progress"),
              ElementsAre("計画の策定状況", "7", "30", "0", "-", "-", "-", "-",
                          "令和6年度の調査にない区分"));
  EXPECT_THAT(RowOf(figure, "plan.other"),
              ElementsAre("計画の策定状況", "-", "-", "-", "8", "23", "0", "-",
                          "令和7年度の調査にない区分"));
}

TEST(ChangesPage, GivesNoDifferenceOfBoundsAndOfFewerThanTen) {
  Snapshot snapshot = LargeSnapshot();
  snapshot.values.at("plan").cells[0].flags.push_back(CellFlag::kLowerBound);
  const Figure figure = FigureOf(
      BuildWith("  - {since: 2024, indicators: [plan, partners]}\n", snapshot),
      "annex_changes");
  EXPECT_THAT(RowOf(figure, "plan.formulated"),
              ElementsAre("計画の策定状況", "23以上", "30", "0", "15", "23", "0", "-",
                          "下限値を含む"));
  EXPECT_THAT(RowOf(figure, "partners.work"),
              ElementsAre("連携先", "4", "4", "0", "3", "3", "0", "-",
                          "母数が10未満"));
}

// What the demonstration had: 36 of 37 unknown last year, and 78.5 points.
TEST(ChangesPage, GivesNoDifferenceThatWhatIsUnknownCanExplain) {
  Snapshot snapshot = LargeSnapshot();
  IndicatorValue& now = snapshot.values.at("plan");
  IndicatorValue& before = snapshot.previous_values.at("plan");
  const auto set = [](IndicatorValue& value, std::vector<int> counts, int n,
                      int unknown) {
    value.base = n;
    value.answered = n - unknown;
    value.absences = {{base::Absence::kUnknown, unknown, std::nullopt}};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      value.cells[i].count = counts[i];
      value.cells[i].base = n;
    }
  };
  const auto built = [&] {
    return BuildWith("  - {since: 2024, indicators: plan}\n", snapshot);
  };
  set(now, {6, 26, 0}, 32, 0);
  set(before, {0, 1, 0}, 37, 36);
  const ReportModel model = built();
  const Figure figure = FigureOf(model, "annex_changes");
  EXPECT_THAT(RowOf(figure, "plan.in_progress"),
              ElementsAre("計画の策定状況", "26", "32", "0", "1", "37", "36",
                          "-", "令和6年度は37のうち36が不詳"));
  for (const TableRow& row : figure.table.rows) {
    EXPECT_EQ(row.cells.at(7).symbol, Symbol::kNotApplicable) << row.key;
    EXPECT_EQ(row.cells.at(7).data, "") << row.key;
  }
  EXPECT_THAT(FigureOf(model, "p03_plan").notes,
              Contains("令和6年度の調査からの増減は示さない（令和6年度は37のう"
                       "ち36が不詳）。"));
  // As much as is left aside changes nothing.
  set(before, {15, 2, 0}, 20, 3);
  const ReportModel few = built();
  EXPECT_THAT(RowOf(FigureOf(few, "annex_changes"), "plan.formulated"),
              ElementsAre("計画の策定状況", "6", "32", "0", "15", "20", "3",
                          "-56.3", "nが異なる"));
  EXPECT_THAT(FigureOf(few, "p03_plan").notes,
              Not(Contains(HasSubstr("増減"))));
  // Of one more, what would have changed whatever they are stays.
  set(before, {11, 5, 0}, 20, 4);
  const ReportModel more = built();
  EXPECT_THAT(RowOf(FigureOf(more, "annex_changes"), "plan.formulated"),
              Contains("-36.3"));
  EXPECT_THAT(RowOf(FigureOf(more, "annex_changes"), "plan.none"),
              Contains("令和6年度は20のうち4が不詳"));
  EXPECT_THAT(FigureOf(more, "p03_plan").notes,
              Contains(HasSubstr("増減を示さない区分がある（令和6年度は20")));
}

TEST(ChangesPage, SetsNoShareOfLastYearBesideAKeyFigureWhereTooMuchIsUnknown) {
  const auto read = ReadTemplate(
      "sample", SmallTemplateYaml() +
                    "    key: {figure: plan.formulated, label: 策定済み, noun: "
                    "自治体}\n");
  ASSERT_OK(read);
  const auto last_year = [&](const Snapshot& snapshot) {
    return BuildReport(*read, snapshot, kId).pages[2].key->last_year;
  };
  Snapshot snapshot = LargeSnapshot();
  EXPECT_EQ(last_year(snapshot), "令和6年度　65.2%（23自治体のうち15）");
  IndicatorValue& before = snapshot.previous_values.at("plan");
  before.absences = {{base::Absence::kNoAnswer, 4, std::nullopt}};
  EXPECT_EQ(last_year(snapshot), "令和6年度　比べられない");
}

TEST(ChangesPage, SaysWhyThereIsNoChange) {
  const auto notes = [](const std::string& declared, const Snapshot& snapshot) {
    const ReportModel model = BuildWith(declared, snapshot);
    EXPECT_FALSE(HasChanges(model));
    return FigureOf(model, "p03_plan").notes;
  };
  EXPECT_THAT(
      notes("  - {since: 2024, indicators: supports}\n", LargeSnapshot()),
      Contains(HasSubstr("増減は示さない（比べられると定められていない）")));
  EXPECT_THAT(notes("  - {since: 2025, indicators: plan}\n", LargeSnapshot()),
              Contains(HasSubstr("令和7年度の調査から比べられる")));
  Snapshot snapshot = LargeSnapshot();
  snapshot.previous_values.at("plan").population_id = "others";
  EXPECT_THAT(notes("  - {since: 2024, indicators: plan}\n", snapshot),
              Contains(HasSubstr("対象の定義が異なる")));
}

TEST(ChangesPage, LeavesOutLastYearWhereTheQuestionWasAnother) {
  const ReportModel model = BuildWith(
      "  - {broken: wording, note: 策定中を分けた, indicators: plan}\n",
      LargeSnapshot());
  const Figure figure = FigureOf(model, "p03_plan");
  EXPECT_FALSE(figure.has_previous);
  EXPECT_EQ(figure.table.columns.size(), 2U);
  const auto says =
      HasSubstr("設問の文言が変わったため、並べて示さない（策定中を分けた）");
  EXPECT_THAT(figure.notes, Contains(says));
  EXPECT_THAT(figure.sheet.remarks, Contains(says));
  EXPECT_THAT(testing::ListOf(model.pages[2]),
              Not(Contains(HasSubstr("前回"))));
}

// The matrix of phases of both years, and its rows among the changes.
TEST(ChangesPage, SetsBothYearsIntoAMatrixWhereTheyAreDeclared) {
  Snapshot snapshot = LargeSnapshot();
  const auto set = [](IndicatorValue& value, int discovery, int later, int n) {
    value.base = value.population_size = n;
    value.answered = discovery;
    value.cells[0].count = discovery;
    value.cells[1].count = later;
    for (ValueCell& cell : value.cells) cell.base = n;
  };
  set(snapshot.values.at("phases"), 21, 12, 39);
  set(snapshot.previous_values.at("phases"), 15, 6, 24);
  const ReportModel model =
      BuildWith("  - {since: 2024, indicators: phases}\n", snapshot);
  const Figure figure = FigureOf(model, "p03_phases");
  EXPECT_TRUE(figure.has_previous);
  EXPECT_THAT(RowOf(figure, "discovery"),
              ElementsAre("21", "39", "53.8", "15", "24", "62.5"));
  EXPECT_EQ(figure.table.columns[3].key, "previous_phases_count");
  EXPECT_EQ(figure.table.columns[3].group, "令和6年度　段階の活動");
  ASSERT_EQ(figure.charts.size(), 1U);
  const std::vector<Chart::Series>& lines = figure.charts[0].series;
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].item, "段階の活動");
  EXPECT_EQ(lines[0].label, "令和7年度　n=39");
  EXPECT_EQ(lines[1].item, "段階の活動");
  EXPECT_EQ(lines[1].label, "令和6年度　n=24");
  EXPECT_EQ(lines[1].points[0].label, "15（62.5%）");
  EXPECT_THAT(figure.sheet.small_bases, ElementsAre(24));
  EXPECT_THAT(figure.notes, Not(Contains(HasSubstr("並べて示さない"))));
  EXPECT_THAT(RowOf(FigureOf(model, "annex_changes"), "phases.discovery"),
              ElementsAre("段階の活動", "21", "39", "0", "15", "24", "0", "-8.7",
                          "nが異なる"));
}

TEST(ChangesPage, LeavesLastYearOutOfAMatrixThatIsNotDeclaredAndSaysWhy) {
  const auto figure = [](const std::string& declared) {
    const Figure found =
        FigureOf(BuildWith(declared, LargeSnapshot()), "p03_phases");
    EXPECT_FALSE(found.has_previous);
    EXPECT_EQ(found.table.columns.size(), 3U);
    EXPECT_EQ(found.charts.at(0).series.size(), 1U);
    return found;
  };
  const auto undeclared = HasSubstr(
      "令和6年度の調査の値は並べて示さない（比べられると定められていない）");
  const Figure one = figure("  - {since: 2024, indicators: plan}\n");
  EXPECT_THAT(one.notes, Contains(undeclared));
  EXPECT_THAT(one.sheet.remarks, Contains(undeclared));
  EXPECT_THAT(
      figure("  - {broken: classes, note: 段階を分けた, indicators: phases}\n")
          .notes,
      Contains(HasSubstr("区分が変わったため、並べて示さない（段階を分けた）")));
}

// Of two items one may have last year and the other not.
TEST(ChangesPage, NamesTheItemOfAMatrixThatHasNoLastYear) {
  Snapshot snapshot = LargeSnapshot();
  for (IndicatorValues* values :
       {&snapshot.values, &snapshot.previous_values}) {
    IndicatorValue more = values->at("phases");
    more.id = "further";
    more.label = "地域への働きかけ";
    (*values)["further"] = more;
  }
  std::string yaml = SmallTemplateYaml();
  const std::string block = "phases: [phases]";
  yaml.replace(yaml.find(block), block.size(),
               "phases: [phases, further]\n        labels: [個別支援, 地域]");
  const auto read = ReadTemplate(
      "sample",
      yaml + "comparability:\n  - {since: 2024, indicators: phases}\n");
  ASSERT_OK(read);
  const Figure figure =
      FigureOf(BuildReport(*read, snapshot, kId), "p03_phases");
  EXPECT_EQ(figure.table.columns.size(), 9U);
  EXPECT_EQ(figure.table.columns[3].group, "令和7年度　地域");
  ASSERT_EQ(figure.charts.at(0).series.size(), 3U);
  EXPECT_EQ(figure.charts[0].series[2].item, "地域");
  EXPECT_THAT(figure.notes,
              Contains(HasSubstr("「地域への働きかけ」は、令和6年度の調査の値は")));
}

TEST(ChangesPage, IsRefusedWithItsLineWhereItIsNotWellDeclared) {
  const auto faults = [](const std::string& declared) {
    std::vector<base::Violation> found;
    ReadTemplateText(SmallTemplateYaml() + "comparability:\n" + declared,
                     found);
    std::vector<std::string> reasons;
    for (const base::Violation& fault : found) {
      EXPECT_THAT(fault.field, HasSubstr("line 3")) << fault.reason;
      reasons.push_back(fault.reason);
    }
    return reasons;
  };
  EXPECT_THAT(faults("  - {since: 2024, indicators: plan}\n"), IsEmpty());
  EXPECT_THAT(faults("  - {indicators: plan}\n"),
              Contains("COMPARABILITY"));
  EXPECT_THAT(faults("  - {broken: classes, indicators: plan}\n"),
              Contains("COMPARABILITY_NOTE"));
  EXPECT_THAT(faults("  - {since: 2024, indicators: [plan, plan]}\n"),
              Contains("COMPARABILITY_TWICE"));
  EXPECT_THAT(faults("  - {broken: mood, note: x, indicators: plan}\n"),
              Not(IsEmpty()));
  EXPECT_THAT(faults("  - {since: 2024}\n"), Contains("FIELD_MISSING"));
}

TEST(ChangesPage, NamesAnIndicatorThatTheQuestionnaireLacks) {
  const auto read = ReadTemplate(
      "sample", SmallTemplateYaml() +
                    "comparability:\n  - {since: 2024, indicators: [plan, "
                    "plam]}\n");
  ASSERT_OK(read);
  const auto misfits = FindMisfits(*read, ShapesOf(SmallSnapshot().values));
  ASSERT_EQ(misfits.size(), 1U);
  EXPECT_EQ(misfits[0].subject, "plam");
  EXPECT_EQ(misfits[0].place, "comparability[0].indicators[1]");
  EXPECT_EQ(LineOf(*read, misfits[0].place), 38);
}

}  // namespace
}  // namespace welfare::report
