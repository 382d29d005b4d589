#include "services/report/model/model_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "services/report/files/template_reader.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using support::IsOk;
using support::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kId = "snapshot";

ReportTemplate SmallTemplate() {
  auto read = ReadTemplate("sample", SmallTemplateYaml());
  EXPECT_THAT(read, IsOk());
  return *read;
}

ReportModel Build(const Snapshot& snapshot) {
  auto model = BuildReport(SmallTemplate(), snapshot, kId);
  EXPECT_THAT(model, IsOk());
  return model.ok() ? *model : ReportModel();
}

Figure FigureOf(const ReportModel& model, std::string_view id) {
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure != nullptr && figure->id == id) return *figure;
    }
  }
  ADD_FAILURE() << "no figure " << id;

  return Figure();
}

std::vector<std::string> RowOf(const Figure& figure, std::string_view key) {
  for (const TableRow& row : figure.table.rows) {
    if (row.key != key) continue;
    std::vector<std::string> cells;
    for (const TableCell& cell : row.cells) cells.push_back(cell.text);
    return cells;
  }
  return {};
}

std::vector<std::string> ListOf(const Page& page) {
  std::vector<std::string> lines;
  for (const Block& block : page.blocks) {
    if (const auto* list = std::get_if<BulletList>(&block)) {
      for (const Line& line : list->items) lines.push_back(line.front().text);
    }
  }
  return lines;
}

TEST(ModelBuilder, FillsPlaceholdersWithFigures) {
  const ReportModel model = Build(SmallSnapshot());
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
            "n=4（令和7年度 実施自治体）　前回 n=3（令和6年度 実施自治体）");
  EXPECT_EQ(figure.table.columns[2].group, "令和6年度");
}

TEST(ModelBuilder, KeepsZeroApartFromAbsence) {
  const ReportModel model = Build(SmallSnapshot());
  const Figure figure = FigureOf(model, "p03_plan");
  EXPECT_THAT(RowOf(figure, "none"), ElementsAre("0", "0.0", "0", "0.0"));
  EXPECT_THAT(RowOf(figure, "NO_ANSWER"),
              ElementsAre("1", "25.0", "1", "33.3"));
  EXPECT_THAT(model.pages[2].symbols,
              AllOf(Contains(Symbol::kZero), Contains(Symbol::kNoAnswer),
                    Contains(Symbol::kNotCounted)));
}

TEST(ModelBuilder, PrintsNoPercentOverAnEmptyBase) {
  const Figure figure = FigureOf(Build(SmallSnapshot()), "p03_nobody");
  EXPECT_THAT(RowOf(figure, "yes"), ElementsAre("0", "-"));
  EXPECT_TRUE(figure.charts.empty());
}

TEST(ModelBuilder, PrintsTotalsWithWhatTheyLeaveOut) {
  const Figure figure = FigureOf(Build(SmallSnapshot()), "p03_supports");
  EXPECT_THAT(RowOf(figure, "total"), ElementsAre("14", "2", "14", "1"));
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
                          "一致", "最も近い整数"));
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
  partners.cells[0].key = "none";
  EXPECT_THAT(ListOf(Build(snapshot).pages[2]),
              Contains(HasSubstr("最も多いのは「=不動産業者<大家>」3/4")));
}

TEST(ModelBuilder, ReportsEveryMissingIndicatorAndCell) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.erase("partners");
  snapshot.values.at("plan").cells.erase(
      snapshot.values.at("plan").cells.begin());
  const auto model = BuildReport(SmallTemplate(), snapshot, kId);
  EXPECT_THAT(model, StatusIs(absl::StatusCode::kFailedPrecondition,
                              "TEMPLATE_DOES_NOT_FIT"));
  const auto details = base::GetErrorDetails(model.status());
  ASSERT_TRUE(details.has_value());
  // The headline's cell; the list's and the figure's indicator.
  EXPECT_EQ(details->violations.size(), 3U);
}

}  // namespace
}  // namespace welfare::report
