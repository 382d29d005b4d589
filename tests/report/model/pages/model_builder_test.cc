#include "services/report/model/pages/model_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>

#include "services/report/files/template_reader.h"
#include "services/report/model/layout.h"
#include "tests/report/model/pages/built_report.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using testing::Build;
using testing::FigureOf;
using testing::kId;
using testing::ListOf;
using testing::RowOf;
using testing::SmallTemplate;
using testing::WithoutNumbers;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

TEST(ModelBuilder, FillsPlaceholdersWithFigures) {
  Snapshot snapshot = SmallSnapshot();
  for (IndicatorValues* values :
       {&snapshot.values, &snapshot.previous_values}) {
    values->at("plan").absences.clear();
  }
  const ReportModel model = Build(snapshot);
  EXPECT_EQ(model.pages[1].headline, "令和7年度の実施自治体は4");
  EXPECT_EQ(model.pages[2].headline, "策定済みは2/4（50.0%）");
  EXPECT_THAT(
      ListOf(model.pages[2]),
      ElementsAre("最も多いのは「ハローワーク」4/4（100.0%）。",
                  "前回は1/3（33.3%）。", "数えていないのは1/3（33.3%）。"));
}

TEST(ModelBuilder, LeavesOutLinesAboutAPreviousRoundThatDoesNotExist) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.previous_round.reset();
  snapshot.previous_values.clear();
  const ReportModel model = Build(snapshot);
  EXPECT_THAT(ListOf(model.pages[2]), Not(Contains(HasSubstr("前回"))));
  EXPECT_EQ(FigureOf(model, "p03_plan").table.columns.size(), 2U);
}

TEST(ModelBuilder, PutsLastYearBesideThisYear) {
  const Figure figure = FigureOf(Build(SmallSnapshot()), "p03_plan");
  EXPECT_THAT(RowOf(figure, "formulated"),
              ElementsAre("2", "50.0", "1", "33.3"));
  EXPECT_EQ(figure.base,
            "n=4（令和7年度 実施自治体）　比較 n=3（令和6年度 実施自治体）");
  EXPECT_EQ(figure.table.columns[2].group, "令和6年度");
  EXPECT_EQ(figure.sheet.short_base, "n=4（令和6年度 n=3）");
  // What was asked about the past year is of the year before that last time.
  const Figure past = FigureOf(Build(SmallSnapshot()), "p03_supports");
  EXPECT_EQ(past.table.columns[2].group, "令和5年度");
  EXPECT_THAT(past.sheet.short_base, HasSubstr("（令和5年度 n="));
}

TEST(ModelBuilder, KeepsZeroApartFromAbsence) {
  const ReportModel model = Build(SmallSnapshot());
  const Figure figure = FigureOf(model, "p03_plan");
  EXPECT_THAT(RowOf(figure, "none"), ElementsAre("0", "0.0", "0", "0.0"));
  EXPECT_THAT(RowOf(figure, "NO_ANSWER"),
              ElementsAre("1", "25.0", "1", "33.3"));
  EXPECT_THAT(model.pages[2].symbols,
              AllOf(Contains(Key(Symbol::kZero)), Contains(Key(Symbol::kNoAnswer)),
                    Contains(Key(Symbol::kNotCounted))));
}

// Signs are of the publisher; data are the same.
TEST(ModelBuilder, WritesTheSignsOfItsTemplate) {
  const auto read = ReadTemplate(
      "x", SmallTemplateYaml() + "symbols: statistics\n");
  ASSERT_OK(read);
  const ReportModel model = BuildReport(*read, SmallSnapshot(), kId);
  const Figure figure = FigureOf(model, "p03_plan");
  // A share of none is none, not little.
  EXPECT_THAT(RowOf(figure, "none"), ElementsAre("-", "-", "-", "-"));
  EXPECT_THAT(RowOf(FigureOf(model, "p03_nobody"), "yes"),
              ElementsAre("-", "・"));
  EXPECT_EQ(figure.table.rows.back().cells.size(), 4U);
  for (const TableRow& row : figure.table.rows) {
    if (row.key != "none") continue;
    EXPECT_EQ(row.cells[1].data, "0.0");
  }
  bool explained = false;
  for (const LegendEntry& entry : LegendOf(model.pages[2])) {
    explained = explained || (entry.sign == "・" &&
                              entry.meaning ==
                                  SymbolMeaning(Symbol::kNotApplicable));
  }
  EXPECT_TRUE(explained);
  EXPECT_THAT(TableLegend(figure), HasSubstr("「-」該当が一つもない"));
}

// The list of signs at the end names those that the tables use.
TEST(ModelBuilder, ExplainsNoSignThatNobodyUses) {
  const ReportModel model = Build(SmallSnapshot());
  const Page& made = model.pages.back();
  std::string terms;
  for (std::size_t i = 0; i < made.blocks.size(); ++i) {
    const auto* heading = std::get_if<Heading>(&made.blocks[i]);
    if (heading == nullptr || heading->text != "記号") continue;
    const auto& legend = std::get<DefinitionList>(made.blocks[i + 1]);
    for (const auto& item : legend.items) terms += item.term + " ";
  }
  EXPECT_THAT(terms, HasSubstr("- "));
  EXPECT_THAT(terms, Not(HasSubstr("X ")));
}

TEST(ModelBuilder, PrintsNoPercentOverAnEmptyBase) {
  const Figure figure = FigureOf(Build(SmallSnapshot()), "p03_nobody");
  EXPECT_THAT(RowOf(figure, "yes"), ElementsAre("0", "-"));
  EXPECT_TRUE(figure.charts.empty());
}

TEST(ModelBuilder, PrintsTotalsWithWhatTheyLeaveOut) {
  const Figure figure = FigureOf(Build(SmallSnapshot()), "p03_supports");
  EXPECT_THAT(RowOf(figure, "total"),
              ElementsAre("14以上", "2", "14以上", "1"));
  EXPECT_THAT(RowOf(figure, "NOT_COUNTED"), ElementsAre("-", "1", "-", "1"));
  EXPECT_THAT(figure.notes, Contains(HasSubstr("少なくともこの値")));
  EXPECT_THAT(figure.notes,
              Contains("対象 4 のうち 非該当 1 を除いた 3 を母数とする。"));
  EXPECT_EQ(figure.year, "令和6年度の実績");
}

TEST(ModelBuilder, EveryFigureCarriesItsBase) {
  const ReportModel model = Build(SmallSnapshot());
  for (const Page& page : model.pages) {
    if (page.id.starts_with("annex")) continue;
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      EXPECT_THAT(figure->base, HasSubstr("n=")) << figure->id;
      for (const Chart& chart : figure->charts) {
        EXPECT_THAT(chart.title, HasSubstr("n=")) << figure->id;
      }
    }
  }
}

TEST(ModelBuilder, MarksMultipleAnswersAndNeverStacksThem) {
  const Figure figure = FigureOf(Build(SmallSnapshot()), "p03_partners");
  EXPECT_TRUE(figure.multiple_answer);
  ASSERT_EQ(figure.charts.size(), 1U);
  EXPECT_EQ(figure.charts[0].kind, Chart::Kind::kBars);
  EXPECT_THAT(figure.charts[0].title, HasSubstr("（複数回答）"));
}

TEST(ModelBuilder, SaysThatALostChartIsDrawnFromSyntheticData) {
  EXPECT_THAT(FigureOf(Build(SmallSnapshot()), "p03_plan").notes,
              Contains(HasSubstr("架空データによる作図")));
  Snapshot real = SmallSnapshot();
  real.round.synthetic = false;
  EXPECT_THAT(FigureOf(Build(real), "p03_plan").notes,
              Not(Contains(HasSubstr("架空"))));
}

TEST(ModelBuilder, NotesRoundingOnlyWhereItShows) {
  Snapshot snapshot = SmallSnapshot();
  EXPECT_THAT(FigureOf(Build(snapshot), "p03_plan").notes,
              Not(Contains(HasSubstr("四捨五入"))));
  IndicatorValue& plan = snapshot.values.at("plan");
  plan.base = 3;
  plan.absences.clear();
  for (ValueCell& cell : plan.cells) {
    cell.count = 1;
    cell.base = 3;
    cell.percent = "33.3";
  }
  EXPECT_THAT(FigureOf(Build(snapshot), "p03_plan").notes,
              Contains(HasSubstr("四捨五入")));
}

TEST(ModelBuilder, MarksNewcomersOfEachYear) {
  const ReportModel model = Build(SmallSnapshot());
  std::vector<std::string> newcomers;
  for (const Block& block : model.pages[1].blocks) {
    if (const auto* list = std::get_if<NameList>(&block)) {
      for (const report::Run& run : list->names) {
        if (run.style == report::Run::Style::kNewcomer)
          newcomers.push_back(run.text);
      }
    }
  }
  EXPECT_THAT(newcomers, ElementsAre("見本区", "試験市", "例示区", "仮想町"));
}

TEST(ModelBuilder, ComparesPublishedStatementsInAnAnnex) {
  const ReportModel model = Build(SmallSnapshot());
  const Figure compared = FigureOf(model, "annex1_comparison");
  EXPECT_EQ(compared.table.rows.size(), 2U);  // readings A and B
  EXPECT_THAT(RowOf(compared, "p04_plan/A"),
              ElementsAre("4", "半数", "A", "実施自治体", "2/4（50.0%）",
                          "一致", "同じ", "異なる", "一致", "最も近い整数"));
  EXPECT_THAT(RowOf(FigureOf(model, "annex1_not_computed"), "p04_law"),
              ElementsAre("4", "法令", "法令に関する記述"));
}

TEST(ModelBuilder, CountsAStatementWithoutARuleNeitherAsMetNorAsMissed) {
  Snapshot snapshot = SmallSnapshot();
  Statement trend = snapshot.statements.front();
  trend.id = "p04_trend";
  trend.verdict = Verdict::kUnchecked;
  trend.agreeing_readings = "";
  trend.readings = {
      {"only", "実施自治体", "1/4 → 2/4", Verdict::kUnchecked, ""}};
  snapshot.statements.push_back(trend);
  const ReportModel model = Build(snapshot);
  const Page& annex = model.pages[model.pages.size() - 2];
  EXPECT_EQ(annex.headline,
            "判定した 1 項目のうち、1 項目がいずれかの読み方で公表値と一致");
  EXPECT_THAT(FigureOf(model, "annex1_comparison").base,
              HasSubstr("判定の規則がない項目 1"));
}

TEST(ModelBuilder, NamesNeitherNoneNorOtherAsTheMostChosen) {
  Snapshot snapshot = SmallSnapshot();
  IndicatorValue& partners = snapshot.values.at("partners");
  partners.cells[0].role = OptionRole::kNone;
  EXPECT_THAT(ListOf(Build(snapshot).pages[2]),
              Contains(HasSubstr("最も多いのは「=不動産業者<大家>」3/4")));
}

TEST(ModelBuilder, KeepsTheShapeOfAValueTableWhereNobodyGaveANumber) {
  const ReportModel model = Build(WithoutNumbers());
  const Figure full = FigureOf(Build(SmallSnapshot()), "p03_supports");
  const Figure empty = FigureOf(model, "p03_supports");
  ASSERT_EQ(empty.table.columns.size(), full.table.columns.size());
  for (std::size_t i = 0; i < full.table.columns.size(); ++i) {
    EXPECT_EQ(empty.table.columns[i].key, full.table.columns[i].key);
  }
  EXPECT_EQ(empty.table.row_key, "measure");
  // This year has no number; last year's total stays a total.
  EXPECT_THAT(RowOf(empty, "total"), ElementsAre("-", "0", "14以上", "1"));
  EXPECT_THAT(RowOf(empty, "max"), ElementsAre("-", "0", "9", "1"));
  EXPECT_THAT(RowOf(empty, "answered"), ElementsAre("-", "0", "-", "1"));
  EXPECT_EQ(empty.table.rows.front().cells.front().symbol,
            Symbol::kNotApplicable);
  EXPECT_EQ(empty.table.rows.front().cells.front().data, "");
}

TEST(ModelBuilder, DrawsNoBarForAValueNobodyGave) {
  const Figure figure = FigureOf(Build(WithoutNumbers()), "p03_contacts");
  ASSERT_EQ(figure.charts.size(), 1U);
  const Chart& chart = figure.charts.front();
  ASSERT_EQ(chart.series.size(), 2U);
  for (const Chart::Point& point : chart.series[0].points) {
    EXPECT_TRUE(point.absent);
    EXPECT_EQ(point.label, "-");
  }
  EXPECT_EQ(chart.series[1].points.front().label, "40回");
}

TEST(ModelBuilder, LeavesOutAChartOfValuesThatNoYearHas) {
  Snapshot snapshot = WithoutNumbers();
  snapshot.previous_values.erase("contacts");
  EXPECT_TRUE(FigureOf(Build(snapshot), "p03_contacts").charts.empty());
}

int SumOfColumn(const Figure& figure, std::size_t column) {
  int sum = 0;
  for (const TableRow& row : figure.table.rows) {
    const std::string& data = row.cells[column].data;
    if (row.key != "n" && !data.empty()) sum += std::stoi(data);
  }
  return sum;
}

TEST(ModelBuilder, ShowsClassesThatOnlyLastYearHas) {
  Snapshot snapshot = SmallSnapshot();
  IndicatorValue& now = snapshot.values.at("meetings");
  IndicatorValue& before = snapshot.previous_values.at("meetings");
  // Every value is a class of its own, so that years differ in them.
  now.cells = {now.cells[1]};
  now.cells[0].key = now.cells[0].label = "12";
  now.cells[0].count = now.base;
  before.cells = {before.cells[0], before.cells[1], before.cells[2]};
  const std::vector<std::string> keys = {"3", "12", "104"};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    before.cells[i].key = before.cells[i].label = keys[i];
    before.cells[i].count = 1;
  }
  const Figure figure = FigureOf(Build(snapshot), "p03_meetings");
  ASSERT_EQ(figure.table.rows.size(), 4U);
  EXPECT_EQ(figure.table.rows[0].key, "3");
  EXPECT_EQ(figure.table.rows[1].key, "12");
  EXPECT_EQ(figure.table.rows[2].key, "104");
  EXPECT_THAT(RowOf(figure, "3"), ElementsAre("-", "-", "1", "33.3"));
  EXPECT_EQ(SumOfColumn(figure, 0), now.base);
  EXPECT_EQ(SumOfColumn(figure, 2), before.base);
  ASSERT_EQ(figure.charts.size(), 1U);
  int drawn = 0;
  for (const Chart::Point& point : figure.charts[0].series[1].points) {
    drawn += point.amount;
  }
  EXPECT_EQ(drawn, before.base);
  EXPECT_TRUE(figure.charts[0].series[0].points[0].absent);
}

TEST(ModelBuilder, PutsAnOptionOnlyLastYearHadWhereItStood) {
  Snapshot snapshot = SmallSnapshot();
  std::vector<ValueCell>& cells = snapshot.values.at("plan").cells;
  cells.erase(cells.begin() + 1);  // in_progress
  const Figure figure = FigureOf(Build(snapshot), "p03_plan");
  ASSERT_EQ(figure.table.rows.size(), 5U);
  EXPECT_EQ(figure.table.rows[1].key, "in_progress");
  EXPECT_THAT(RowOf(figure, "in_progress"), ElementsAre("-", "-", "1", "33.3"));
}

TEST(ModelBuilder, KeepsYearsApartThatWereMeasuredOtherwise) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.previous_values.at("supports").measure = Measure::kDistribution;
  const Figure figure = FigureOf(Build(snapshot), "p03_supports");
  EXPECT_EQ(figure.table.columns.size(), 2U);
  EXPECT_THAT(figure.notes, Contains(HasSubstr("集計の方法が異なる")));
}

TEST(ModelBuilder, NotesOfThisYearFollowFromThisYear) {
  Snapshot snapshot = SmallSnapshot();
  IndicatorValue& now = snapshot.values.at("supports");
  now.cells[0].flags.clear();
  now.absences.clear();
  const std::vector<std::string> notes =
      FigureOf(Build(snapshot), "p03_supports").notes;
  EXPECT_THAT(notes, Not(Contains(::testing::StartsWith("件数を数えて"))));
  EXPECT_THAT(notes,
              Contains(::testing::StartsWith("令和6年度は、件数を数えて")));
}

// In the language of the report.
TEST(ModelBuilder, SaysInJapaneseWhyAStatementIsNotComputed) {
  Snapshot snapshot = SmallSnapshot();
  Statement& statement =
      *std::ranges::find(snapshot.statements, "p04_law", &Statement::id);
  statement.check = Check::kRegistry;
  statement.not_computed_reason = "台帳に2023年度の記録がない";
  const ReportModel model = Build(snapshot);
  EXPECT_THAT(RowOf(FigureOf(model, "annex1_not_computed"), statement.id),
              Contains("この回では計算できない（台帳に2023年度の記録がない）"));
}

TEST(ModelBuilder, LeavesOutWhatDoesNotFitAndMakesTheRest) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.erase("partners");
  snapshot.values.at("plan").cells.erase(
      snapshot.values.at("plan").cells.begin());
  const ReportModel model = Build(snapshot);
  EXPECT_EQ(model.pages[2].headline,
            "集計（この調査票に選択肢「plan.formulated」がないため、"
            "見出しを省いた。）");
  EXPECT_THAT(ListOf(model.pages[2]),
              Contains("この調査票では「partners」を集計できないため、"
                       "この文を省いた。"));
  EXPECT_EQ(FigureOf(model, "p03_supports").table.rows.size(), 5U);
  std::vector<std::string> notes;
  for (const Block& block : model.pages[2].blocks) {
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      EXPECT_EQ(paragraph->line.front().style, report::Run::Style::kLeftOut);
      notes.push_back(paragraph->line.front().text);
    }
  }
  EXPECT_THAT(
      notes,
      ElementsAre(
          "この調査票では「partners」を集計できないため、図表を省いた。"));
  // The annex names each place: the headline, the sentence, the figure.
  const Figure left_out = FigureOf(model, "annex2_left_out");
  ASSERT_EQ(left_out.table.rows.size(), 3U);
  EXPECT_THAT(RowOf(left_out, "1"),
              ElementsAre("3", "pages[3].headline", "plan.formulated",
                          "CELL_NOT_IN_CODEBOOK", HasSubstr("見出し")));
}

TEST(ModelBuilder, PrintsNoPlaceholderThatNobodyFilled) {
  Snapshot snapshot = SmallSnapshot();
  IndicatorValue& plan = snapshot.values.at("plan");
  plan.label = "{ref_fy_ja}年度の計画";
  plan.cells[0].label = "{ref_fy_ja}にある";
  plan.cells[1].label = "${x}と{ref_fy}と{1}と{漢字}";
  plan.population_label = "{fy_ja}年度 実施自治体";
  const ReportModel model = Build(snapshot);
  const Figure figure = FigureOf(model, "p03_plan");
  EXPECT_EQ(figure.title, "令和7年度の計画");
  EXPECT_EQ(figure.table.rows[0].label, "令和7にある");
  EXPECT_EQ(figure.table.rows[1].label, "〔x〕と〔ref_fy〕と{1}と{漢字}");
  EXPECT_THAT(figure.base, HasSubstr("令和7年度 実施自治体"));
  EXPECT_EQ(figure.charts[0].categories[0].label, "令和7にある");
  const Figure left_out = FigureOf(model, "annex2_left_out");
  ASSERT_EQ(left_out.table.rows.size(), 2U);
  EXPECT_EQ(left_out.table.rows[0].cells[3].text, "PLACEHOLDER_UNKNOWN");
}

TEST(ModelBuilder, CountsTextsApartFromTheirBase) {
  const Figure figure = FigureOf(Build(SmallSnapshot()), "p03_phases");
  // No row says that all who were asked wrote something.
  EXPECT_THAT(RowOf(figure, "n"), ElementsAre());
  EXPECT_THAT(RowOf(figure, "discovery"), ElementsAre("2", "4", "50.0"));
  EXPECT_THAT(RowOf(figure, "answered"), ElementsAre("2", "4", "50.0"));
}

TEST(ModelBuilder, ShowsARowThatOnlyOneOfSeveralTextsHas) {
  Snapshot snapshot = SmallSnapshot();
  IndicatorValue more = snapshot.values.at("phases");
  more.id = "contacts";
  more.cells[1].key = "later";
  snapshot.values["contacts"] = more;
  ReportTemplate sample = SmallTemplate();
  for (TemplateBlock& block : sample.pages[2].blocks) {
    if (block.kind == TemplateBlock::Kind::kPhases) {
      block.indicators = {"phases", "contacts"};
    }
  }
  const Figure figure =
      FigureOf(BuildReport(sample, snapshot, kId), "p03_phases");
  EXPECT_THAT(RowOf(figure, "continuous"),
              ElementsAre("1", "4", "25.0", "-", "-", "-"));
  EXPECT_THAT(RowOf(figure, "later"),
              ElementsAre("-", "-", "-", "1", "4", "25.0"));
}

TEST(ModelBuilder, MarksTheYearThatAloneIsSynthetic) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.round.synthetic = false;
  const ReportModel model = Build(snapshot);
  EXPECT_FALSE(model.synthetic);
  EXPECT_TRUE(model.previous_synthetic);
  const Figure figure = FigureOf(model, "p03_plan");
  EXPECT_FALSE(figure.synthetic);
  EXPECT_TRUE(figure.previous_synthetic);
  EXPECT_EQ(figure.table.columns[0].group, "令和7年度");
  EXPECT_EQ(figure.table.columns[2].group, "令和6年度（架空）");
  EXPECT_EQ(figure.charts[0].mark, "前回は架空データ");
  EXPECT_THAT(figure.charts[0].series[1].label, HasSubstr("（架空）"));
  // A table of this year alone holds nothing synthetic.
  EXPECT_FALSE(FigureOf(model, "p03_nobody").previous_synthetic);
}

TEST(ModelBuilder, TakesNoRecordForNeitherYesNorNo) {
  Snapshot snapshot = SmallSnapshot();
  for (RosterEntry& entry : snapshot.rosters[0].entries) {
    entry.implementing = std::nullopt;
    entry.newcomer = false;
  }
  snapshot.rosters[1].entries[2].newcomer_unknown = true;
  snapshot.rosters[2].entries[4].implementing = std::nullopt;
  const ReportModel model = Build(snapshot);
  EXPECT_EQ(model.pages[1].headline, "令和7年度の実施自治体は少なくとも4");
  const Figure figure = FigureOf(model, "p02_implementing_by_year");
  EXPECT_THAT(RowOf(figure, "2023"), ElementsAre("-", "-", "-", "5", "-"));
  EXPECT_THAT(RowOf(figure, "2024"),
              ElementsAre("3", "1以上", "0", "5", "60.0"));
  EXPECT_THAT(RowOf(figure, "2025"),
              ElementsAre("4以上", "1以上", "0以上", "5", "-"));
  EXPECT_TRUE(figure.charts[0].series[0].points[0].absent);
  EXPECT_THAT(RowOf(FigureOf(model, "p02_areas"), "島しょ"),
              ElementsAre("1", "-", "-", "-", "-"));
}

}  // namespace
}  // namespace welfare::report
