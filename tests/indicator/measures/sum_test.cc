// SUM against the recount.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/recount.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using testing::Absent;
using testing::kYear;
using testing::Members;
using testing::Municipalities;
using testing::Number;
using testing::Seen;
using testing::TestAnswer;
using testing::TestRow;

class RandomSum : public testing::RandomRound {};
class SumOfRound : public testing::WrittenRound {};

TEST_P(RandomSum, NumbersAgreeWithTheRecount) {
  for (const auto& [id, population, item] :
       std::vector<std::array<std::string, 3>>{
           {"contacts", "implementing", "contacts"},
           {"supports", "implementing_previous_year", "supports"}}) {
    SCOPED_TRACE(id);
    std::vector<std::int64_t> values;
    bool missing = false;
    for (const TestRow* row : Members(population, rows_, basis_)) {
      const TestAnswer answer = Seen(*row, item, basis_);
      if (answer.answered()) {
        values.push_back(answer.number);
      } else if (base::StaysInBase(*answer.absence)) {
        missing = true;
      }
    }
    std::ranges::sort(values);
    const Figures figures = Compute(id);
    EXPECT_EQ(figures.answered, static_cast<int>(values.size()));
    if (values.empty()) {
      EXPECT_FALSE(figures.FindCell("total")->value.has_value());
      EXPECT_THAT(figures.FindCell("total")->flags,
                  ::testing::Contains(CellFlag::kUndefined));
      continue;
    }
    std::int64_t total = 0;
    for (const std::int64_t value : values) total += value;
    EXPECT_EQ(figures.FindCell("total")->value, std::to_string(total));
    EXPECT_EQ(figures.FindCell("max")->value, std::to_string(values.back()));
    const FigureCell* mean = figures.FindCell("mean");
    EXPECT_EQ(*mean->numerator * static_cast<std::int64_t>(values.size()),
              total * *mean->denominator);
    const FigureCell* median = figures.FindCell("median");
    const std::int64_t twice =
        values[(values.size() - 1) / 2] + values[values.size() / 2];
    EXPECT_EQ(*median->numerator * 2, twice * *median->denominator);
    EXPECT_EQ(std::ranges::count(figures.FindCell("total")->flags,
                                 CellFlag::kLowerBound),
              missing ? 1 : 0);
  }
}

TEST_F(SumOfRound, NewcomersAreNotApplicableForLastYearsCounts) {
  std::vector<TestRow> rows = Municipalities(3);
  rows[2].implementing[kYear - 1] = false;
  rows[0].answers["supports"] = Number(0);
  rows[1].answers["supports"] = Absent(Absence::kNotCounted);
  const Figures figures = Compute(rows, "supports");
  EXPECT_EQ(figures.size, 2);
  EXPECT_EQ(figures.base, 2);
  EXPECT_EQ(figures.answered, 1);
  EXPECT_EQ(figures.Absent(Absence::kNotCounted), 1);
  EXPECT_EQ(figures.FindCell("total")->value, "0");
  EXPECT_THAT(figures.FindCell("total")->flags,
              ::testing::Contains(CellFlag::kLowerBound));
  EXPECT_EQ(figures.reference_year, kYear - 1);
  EXPECT_EQ(figures.label, "令和6年度 supports");
}

TEST_F(SumOfRound, AHighestValueIsABoundWhereSomeKeepNoCount) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[0].answers["contacts"] = Number(14);
  rows[1].answers["contacts"] = Number(14);
  rows[2].answers["contacts"] = Absent(Absence::kNotCounted);
  rows[3].answers["contacts"] = Number(3);
  const Figures sums = Compute(rows, "contacts");
  const Figures ranks = Compute(rows, "contacts_ranked");
  const FigureCell& max = *sums.FindCell("max");
  const FigureCell& first = *ranks.FindCell("rank_1");
  EXPECT_EQ(max.flags, first.flags);
  EXPECT_THAT(max.flags,
              ::testing::ElementsAre(CellFlag::kLowerBound,
                                     CellFlag::kSmallBase, CellFlag::kTied));
  EXPECT_EQ(max.base, 3);
  EXPECT_EQ(first.base, 3);
  EXPECT_THAT(sums.FindCell("mean")->flags,
              ::testing::ElementsAre(CellFlag::kSmallBase));
  // There are two distinct values: no third rank, over a base that is not 0.
  const FigureCell& third = *ranks.FindCell("rank_3");
  EXPECT_FALSE(third.value.has_value());
  EXPECT_THAT(third.flags,
              ::testing::ElementsAre(CellFlag::kSmallBase, CellFlag::kNoValue));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSum, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
