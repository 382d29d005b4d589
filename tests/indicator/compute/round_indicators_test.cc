// What holds for every measure, and what does not fit.
#include "services/indicator/compute/round_indicators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/indicator/computed_round.h"
#include "tests/indicator/flag_table.h"
#include "tests/indicator/recount.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::RespondentKind;
using testing::Codes;
using testing::MakeTable;
using testing::Municipalities;
using testing::PercentByHand;
using testing::TestDefinitions;
using testing::TestRow;

class RandomIndicators : public testing::RandomRound {};
class RoundIndicatorsTest : public testing::WrittenRound {};

TEST_P(RandomIndicators, EveryDefinitionBinds) {
  EXPECT_THAT(indicators_->violations(), ::testing::IsEmpty());
}

TEST_P(RandomIndicators, PercentsAndSumsHold) {
  for (const Definition& definition : indicators_->definitions()) {
    SCOPED_TRACE(definition.id);
    const Figures figures = Compute(definition.id);
    int inside = 0;
    int outside = 0;
    for (const Absence kind : base::kAllAbsences) {
      (base::StaysInBase(kind) ? inside : outside) += figures.Absent(kind);
    }
    EXPECT_EQ(figures.size, figures.base + outside);
    int sum = 0;
    for (const FigureCell& cell : figures.cells) {
      EXPECT_GE(cell.count, 0);
      EXPECT_LE(cell.count, cell.base);
      EXPECT_LE(cell.base, figures.base);
      sum += cell.count;
      if (cell.percent.has_value()) {
        EXPECT_EQ(*cell.percent, PercentByHand(cell.count, cell.base));
      } else if (!cell.value.has_value()) {
        EXPECT_TRUE(cell.Has(CellFlag::kUndefined) ||
                    cell.Has(CellFlag::kNoValue));
      }
    }
    if (definition.measure == Measure::kDistribution &&
        !definition.multiple_answer && definition.item != "note") {
      EXPECT_EQ(sum + inside, figures.base);
    }
  }
}

TEST_P(RandomIndicators, EveryValueSaysWhatTheTableSays) {
  for (const Definition& definition : indicators_->definitions()) {
    testing::ExpectWhatTheTableSays(Compute(definition.id));
  }
}

TEST_P(RandomIndicators, ExplanationsRecountEveryCell) {
  for (const Definition& definition : indicators_->definitions()) {
    const Figures figures = Compute(definition.id);
    std::vector<std::string> keys;
    for (const FigureCell& cell : figures.cells) keys.push_back(cell.key);
    for (const std::string& key : keys) {
      SCOPED_TRACE(definition.id + " " + key);
      const auto explained =
          indicators_->Explain(definition.id, key, &history_);
      ASSERT_TRUE(explained.ok()) << explained.status();
      int in = 0;
      int in_base = 0;
      for (const CellExplanation& one : explained->explanations) {
        in += one.in ? 1 : 0;
        in_base += one.in_base ? 1 : 0;
        EXPECT_FALSE(one.reason.empty());
        EXPECT_TRUE(!one.in || one.in_base);
      }
      EXPECT_EQ(in, figures.FindCell(key)->count);
      EXPECT_EQ(in_base, figures.FindCell(key)->base);
      EXPECT_EQ(static_cast<int>(explained->explanations.size()),
                figures.size + figures.undecided);
    }
  }
}

TEST_F(RoundIndicatorsTest, FinalBasisCountsFinalSubmissionsOnly) {
  std::vector<TestRow> rows = Municipalities(3);
  for (TestRow& row : rows) row.answers["plan"] = Codes({"formulated"});
  rows[0].state = SubmissionState::kFinal;
  rows[1].state = SubmissionState::kAccepted;
  rows[2].state = SubmissionState::kReturned;
  EXPECT_EQ(Compute(rows, "plan").FindCell("formulated")->count, 2);
  auto table = std::make_shared<RoundTable>(MakeTable(rows, Basis::kFinal));
  const RoundIndicators final_only(table, TestDefinitions());
  const auto figures = final_only.Compute("plan", nullptr);
  ASSERT_TRUE(figures.ok());
  EXPECT_EQ(figures->FindCell("formulated")->count, 1);
  EXPECT_EQ(figures->Absent(Absence::kUnitNonresponse), 2);
  EXPECT_EQ(figures->basis, Basis::kFinal);
}

TEST_F(RoundIndicatorsTest, UnknownCellIsRefusedWithTheKnownOnes) {
  Compute(Municipalities(1), "plan");
  const auto explained = indicators_->Explain("plan", "finished", nullptr);
  EXPECT_EQ(base::ReasonOf(explained.status()), "CELL_UNKNOWN");
  EXPECT_EQ(
      base::ReasonOf(indicators_->Explain("nothing", "x", nullptr).status()),
      "INDICATOR_NOT_FOUND");
}

TEST_F(RoundIndicatorsTest, DefinitionsThatDoNotFitTheCodebookAreAllNamed) {
  DefinitionSet set = TestDefinitions();
  set.populations.push_back(
      {"lost", 1, RespondentKind::kMunicipality, "${gone} = 'x'", "なし"});
  Definition broken;
  broken.id = "broken";
  broken.label = "broken";
  broken.measure = Measure::kDistribution;
  broken.population = "lost";
  broken.item = "gone";
  set.definitions.push_back(broken);
  broken.id = "wrong_option";
  broken.measure = Measure::kCount;
  broken.item.clear();
  broken.population = "implementing";
  CellDefinition cell;
  cell.key = "x";
  cell.condition = "${plan} = 'finished'";
  broken.cells = {cell};
  set.definitions.push_back(broken);
  auto table = std::make_shared<RoundTable>(MakeTable(Municipalities(1)));
  const RoundIndicators indicators(table, set);
  std::vector<std::string> reasons;
  for (const base::Violation& violation : indicators.violations()) {
    reasons.push_back(violation.reason);
  }
  EXPECT_THAT(reasons, ::testing::UnorderedElementsAre(
                           "ITEM_UNKNOWN", "POPULATION_MISFIT", "ITEM_UNKNOWN",
                           "OPTION_UNKNOWN"));
  const absl::Status refused = indicators.Compute("broken", nullptr).status();
  EXPECT_EQ(base::ReasonOf(refused), "ITEM_NOT_IN_ROUND");
  const auto details = base::GetErrorDetails(refused);
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->preconditions.size(), 1U);
  EXPECT_FALSE(details->preconditions[0].description_ja.empty());
  EXPECT_TRUE(indicators.IsComputable("plan"));
}

TEST_F(RoundIndicatorsTest, DigestFollowsTheDefinitionAndItsPopulation) {
  const Figures before = Compute(Municipalities(1), "plan");
  DefinitionSet set = TestDefinitions();
  for (PopulationDefinition& population : set.populations) {
    if (population.id == "implementing") population.version = 2;
  }
  auto table = std::make_shared<RoundTable>(MakeTable(Municipalities(1)));
  const auto after = RoundIndicators(table, set).Compute("plan", nullptr);
  ASSERT_TRUE(after.ok());
  EXPECT_NE(before.definition_digest, after->definition_digest);
  EXPECT_EQ(before.definition_digest.size(), 64U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomIndicators, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
