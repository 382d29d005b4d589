// Populations against the recount.
#include "services/indicator/figures/population_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/recount.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using testing::Codes;
using testing::IsMember;
using testing::kYear;
using testing::Municipalities;
using testing::TestDefinitions;
using testing::TestRow;

class RandomPopulation : public testing::RandomRound {};
class PopulationOfRound : public testing::WrittenRound {};

TEST_P(RandomPopulation, PopulationsAgreeWithTheRecount) {
  for (const PopulationDefinition& population : TestDefinitions().populations) {
    SCOPED_TRACE(population.id);
    int members = 0;
    int undecided = 0;
    for (const TestRow& row : rows_) {
      const auto member = IsMember(population.id, row, basis_);
      if (!member.has_value()) ++undecided;
      if (member == true) ++members;
    }
    const PopulationSet* set = indicators_->FindPopulation(population.id);
    ASSERT_NE(set, nullptr);
    EXPECT_EQ(set->members.Count(), members);
    EXPECT_EQ(set->undecided.Count(), undecided);
  }
}

TEST_F(PopulationOfRound, TwoSetsOfEqualSizeAreTwoPopulations) {
  // 1: implements since this year, has a plan. 0: implemented before, has none.
  std::vector<TestRow> rows = Municipalities(2);
  rows[1].implementing[kYear - 1] = false;
  rows[0].answers["plan"] = Codes({"none"});
  rows[1].answers["plan"] = Codes({"formulated"});
  rows[0].answers["position"] = Codes({"none"});
  rows[1].answers["position"] = Codes({"current"});
  const Figures by_plan = Compute(rows, "position_plan_made");
  EXPECT_EQ(by_plan.size, 1);
  EXPECT_EQ(by_plan.FindCell("current")->count, 1);
  EXPECT_TRUE(indicators_->FindPopulation("implementing_previous_year")
                  ->members.Test(0));
  EXPECT_TRUE(indicators_->FindPopulation("plan_made")->members.Test(1));
  EXPECT_FALSE(indicators_->FindPopulation("plan_made")->members.Test(0));
}

TEST_F(PopulationOfRound, UnknownPreparationIsLeftOutAndCounted) {
  std::vector<TestRow> rows = Municipalities(3);
  rows[0].preparation[kYear] = true;
  rows[1].preparation[kYear] = std::nullopt;
  Compute(rows, "plan");
  const PopulationSet* transition = indicators_->FindPopulation("transition");
  EXPECT_EQ(transition->members.Count(), 1);
  EXPECT_EQ(transition->undecided.Count(), 1);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPopulation, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
