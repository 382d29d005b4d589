// DISTRIBUTION against the recount.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/recount.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using testing::AsCodes;
using testing::ExpectSame;
using testing::Municipalities;
using testing::Number;
using testing::Recount;
using testing::RecountItem;
using testing::TestAnswer;
using testing::TestRow;

class RandomDistribution : public testing::RandomRound {};
class DistributionOfRound : public testing::WrittenRound {};

TEST_P(RandomDistribution, DistributionsAgreeWithTheRecount) {
  struct Case {
    std::string id, population, item;
  };
  for (const Case& c : std::vector<Case>{
           {"plan", "implementing", "plan"},
           {"position", "implementing", "position"},
           {"position_plan_made", "plan_made", "position"},
           {"window_previous_year", "implementing_previous_year", "window"},
           {"operation", "implementing", "operation"},
           {"contractor", "outreach_outsourced", "contractor"},
           {"opening", "all_councils", "opening"}}) {
    SCOPED_TRACE(c.id);
    ExpectSame(Compute(c.id),
               RecountItem(c.population, c.item, rows_, basis_, AsCodes));
  }
}

TEST_P(RandomDistribution, TextsAndTablesCountRespondents) {
  ExpectSame(
      Compute("note"),
      RecountItem("implementing", "note", rows_, basis_, [](const TestAnswer&) {
        return std::vector<std::string>{"answered"};
      }));
  const Figures phases = Compute("phases");
  for (const std::string part : {"discovery", "continuous"}) {
    const Recount recount = RecountItem(
        "all_councils", "phases/" + part, rows_, basis_,
        [&part](const TestAnswer&) { return std::vector<std::string>{part}; });
    const auto found = recount.cells.find(part);
    EXPECT_EQ(phases.FindCell(part)->count,
              found == recount.cells.end() ? 0 : found->second);
    EXPECT_EQ(phases.base, recount.base);
  }
}

TEST_F(DistributionOfRound, CellsKeepTheOrderOfTheCodebook) {
  const Figures figures = Compute(Municipalities(1), "plan");
  std::vector<std::string> keys;
  for (const FigureCell& cell : figures.cells) keys.push_back(cell.key);
  EXPECT_THAT(keys,
              ::testing::ElementsAre("formulated", "in_progress", "none"));
}

TEST_F(DistributionOfRound, ZeroIsAnAnswerAndUndefinedIsNotZero) {
  std::vector<TestRow> rows = Municipalities(1);
  rows[0].answers["contacts"] = Number(0);
  const Figures figures = Compute(rows, "contacts");
  EXPECT_EQ(figures.answered, 1);
  EXPECT_EQ(figures.FindCell("mean")->value, "0");
  const Figures none = Compute(rows, "contractor");
  EXPECT_EQ(none.base, 0);
  EXPECT_FALSE(none.FindCell("council")->percent.has_value());
  EXPECT_THAT(none.flags, ::testing::ElementsAre(CellFlag::kUndefined));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDistribution, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
