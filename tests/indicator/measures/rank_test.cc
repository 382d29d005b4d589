// RANK and HISTOGRAM against the recount.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/recount.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using testing::Absent;
using testing::Members;
using testing::Municipalities;
using testing::Number;
using testing::Seen;
using testing::TestAnswer;
using testing::TestRow;

class RandomRank : public testing::RandomRound {};
class RankOfRound : public testing::WrittenRound {};

TEST_P(RandomRank, RanksAndHistogramsAgreeWithTheRecount) {
  std::map<std::int64_t, int, std::greater<>> holders;
  std::map<std::string, int> classes;
  for (const TestRow* row : Members("implementing", rows_, basis_)) {
    const TestAnswer answer = Seen(*row, "contacts", basis_);
    if (!answer.answered()) continue;
    ++holders[answer.number];
    const std::int64_t n = answer.number;
    ++classes[n == 0    ? "0"
              : n <= 5  ? "1_to_5"
              : n <= 20 ? "6_to_20"
                        : "21_or_more"];
  }
  const Figures ranked = Compute("contacts_ranked");
  int rank = 0;
  for (const auto& [value, count] : holders) {
    if (++rank > 3) break;
    const FigureCell* cell = ranked.FindCell("rank_" + std::to_string(rank));
    EXPECT_EQ(cell->value, std::to_string(value));
    EXPECT_EQ(cell->count, count);
    EXPECT_EQ(std::ranges::count(cell->flags, CellFlag::kTied),
              count > 1 ? 1 : 0);
  }
  const Figures histogram = Compute("contacts_histogram");
  for (const FigureCell& cell : histogram.cells) {
    EXPECT_EQ(cell.count, classes[cell.key]) << cell.key;
  }
}

TEST_F(RankOfRound, NotCountedIsNeitherZeroNorUnanswered) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[0].answers["contacts"] = Number(0);
  rows[1].answers["contacts"] = Absent(Absence::kNotCounted);
  rows[2].answers["contacts"] = Absent(Absence::kNoAnswer);
  rows[3].answers["contacts"] = Number(14);
  const Figures figures = Compute(rows, "contacts_ranked");
  EXPECT_EQ(figures.base, 4);
  EXPECT_EQ(figures.answered, 2);
  EXPECT_EQ(figures.Absent(Absence::kNotCounted), 1);
  EXPECT_EQ(figures.Absent(Absence::kNoAnswer), 1);
  EXPECT_EQ(figures.cells[0].value, "14");
  EXPECT_EQ(figures.cells[1].value, "0");
  EXPECT_FALSE(figures.cells[2].value.has_value());
  const auto explained =
      indicators_->Explain("contacts_ranked", "NOT_COUNTED", nullptr);
  ASSERT_TRUE(explained.ok());
  EXPECT_TRUE(explained->explanations[1].in);
  EXPECT_EQ(explained->explanations[1].reason,
            "NOT_COUNTED (カウントしていない)");
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRank, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
