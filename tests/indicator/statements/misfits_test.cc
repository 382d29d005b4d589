#include "services/indicator/statements/misfits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/indicator/statements/survey_data.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using testing::TestDefinitions;
using testing::TestQuestionnaire;

PublishedFigure Row(const std::string& id, Check check) {
  PublishedFigure figure;
  figure.figure_id = id;
  figure.statement_id = id;
  figure.check = check;
  return figure;
}

FigureSource SourceOf(const std::string& indicator, const std::string& cell) {
  FigureSource source;
  source.indicator = indicator;
  source.cell = cell;
  return source;
}

TEST(Misfits, WhatFitsACodebookIsNone) {
  const auto indicators =
      BindToCodebook(TestQuestionnaire(), TestDefinitions());
  ASSERT_TRUE(indicators.ok()) << indicators.status();
  EXPECT_THAT(FindMisfits(**indicators), ::testing::IsEmpty());
}

TEST(Misfits, AnItemThatIsGoneIsNamedInBothLanguages) {
  DefinitionSet set = TestDefinitions();
  Definition broken;
  broken.id = "broken";
  broken.measure = Measure::kDistribution;
  broken.population = "implementing";
  broken.item = "gone";
  set.definitions.push_back(broken);
  const auto indicators = BindToCodebook(TestQuestionnaire(), set);
  ASSERT_TRUE(indicators.ok());
  const std::vector<Misfit> misfits = FindMisfits(**indicators);
  ASSERT_EQ(misfits.size(), 1U);
  EXPECT_EQ(misfits[0].kind, Misfit::Kind::kIndicator);
  EXPECT_EQ(misfits[0].id, "broken");
  EXPECT_EQ(misfits[0].reason, "ITEM_UNKNOWN");
  EXPECT_EQ(misfits[0].subject, "gone");
  EXPECT_EQ(misfits[0].message_ja, "調査票に設問「gone」がない。");
}

TEST(Misfits, AnItemIsOfTheTypeAndTheKindThatAMeasureTakes) {
  DefinitionSet set = TestDefinitions();
  Definition broken;
  broken.id = "total";
  broken.measure = Measure::kSum;
  broken.population = "implementing";
  broken.item = "plan";  // has options
  set.definitions.push_back(broken);
  broken.id = "hours";
  broken.measure = Measure::kDistribution;
  broken.item = "opening";  // is asked of councils
  set.definitions.push_back(broken);
  const auto indicators = BindToCodebook(TestQuestionnaire(), set);
  ASSERT_TRUE(indicators.ok());
  std::vector<std::string> found;
  for (const Misfit& misfit : FindMisfits(**indicators)) {
    found.push_back(misfit.id + " " + misfit.reason + " " + misfit.message_ja);
  }
  EXPECT_THAT(
      found,
      ::testing::UnorderedElementsAre(
          "total ITEM_TYPE 設問「plan」の型は、この集計の方法（SUM）に合わない"
          "。",
          "hours RESPONDENT "
          "設問「opening」は、この母集団の回答者には尋ねていない。"));

  // Nor can a statement over one of them be computed.
  PublishedRound published;
  published.figures = {Row("total", Check::kComputed)};
  published.sources["total"] = SourceOf("total", "");
  const auto misfits = FindStatementMisfits(published, **indicators);
  ASSERT_EQ(misfits.size(), 1U);
  EXPECT_EQ(misfits[0].reason, "INDICATOR_MISFIT");
}

TEST(Misfits, AStatementNeedsItsIndicatorItsCellAndItsOptions) {
  const auto indicators =
      BindToCodebook(TestQuestionnaire(), TestDefinitions());
  ASSERT_TRUE(indicators.ok());
  PublishedRound published;
  published.fiscal_year = 2025;
  PublishedFigure options = Row("options", Check::kOptionList);
  options.items = {"plan"};
  options.cells = {"finished"};
  published.figures = {Row("fits", Check::kComputed),
                       Row("cell", Check::kComputed),
                       Row("indicator", Check::kComputed), options};
  published.sources["fits"] = SourceOf("plan", "NO_ANSWER");
  published.sources["cell"] = SourceOf("plan", "finished");
  published.sources["indicator"] = SourceOf("gone", "");
  std::vector<std::string> found;
  for (const Misfit& misfit : FindStatementMisfits(published, **indicators)) {
    EXPECT_EQ(misfit.year, 2025);
    found.push_back(misfit.id + " " + misfit.reason);
  }
  EXPECT_THAT(found, ::testing::ElementsAre("cell CELL_UNKNOWN",
                                            "indicator INDICATOR_UNKNOWN",
                                            "options OPTION_UNKNOWN"));
}

TEST(SurveyData, TheDigestFollowsWhatIsLaidDown) {
  SurveyData data;
  data.definitions = TestDefinitions();
  const std::string before = DigestOf(data);
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(DigestOf(data), before);
  data.published[2025].figures = {Row("a", Check::kComputed)};
  const std::string with_row = DigestOf(data);
  EXPECT_NE(with_row, before);
  data.published[2025].figures[0].wording = "7割以上";
  EXPECT_NE(DigestOf(data), with_row);
}

}  // namespace
}  // namespace welfare::indicator
