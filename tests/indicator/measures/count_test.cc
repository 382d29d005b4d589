// COUNT against the recount.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/recount.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using testing::Codes;
using testing::kYear;
using testing::Members;
using testing::Municipalities;
using testing::RowCounts;
using testing::Seen;
using testing::TestAnswer;
using testing::TestRow;

class RandomCount : public testing::RandomRound {};
class CountOfRound : public testing::WrittenRound {};

TEST_P(RandomCount, CountsAgreeWithTheRecount) {
  std::map<std::string, int> split;
  int council = 0;
  int council_base = 0;
  int not_counted = 0;
  int first_year = 0;
  int first_year_base = 0;
  for (const TestRow* row : Members("implementing", rows_, basis_)) {
    const TestAnswer operation = Seen(*row, "operation", basis_);
    const TestAnswer contractor = Seen(*row, "contractor", basis_);
    if (operation.Has("direct") && !operation.Has("outsourced")) {
      ++split["direct_only"];
    }
    if (operation.Has("direct") && operation.Has("outsourced")) ++split["both"];
    if (!operation.Has("direct") && operation.Has("outsourced")) {
      ++split["outsourced_only"];
    }
    // Whoever was not asked counts as not having it.
    if (contractor.Has("council")) ++council;
    if (RowCounts(*row, basis_)) ++council_base;
    if (Seen(*row, "contacts", basis_).absence == Absence::kNotCounted ||
        Seen(*row, "supports", basis_).absence == Absence::kNotCounted) {
      ++not_counted;
    }
    if (row->Implements(kYear - 1) == false && RowCounts(*row, basis_)) {
      ++first_year_base;
      if (Seen(*row, "window", basis_).Has("installed")) ++first_year;
    }
  }
  const Figures operation_split = Compute("operation_split");
  for (const FigureCell& cell : operation_split.cells) {
    EXPECT_EQ(cell.count, split[cell.key]) << cell.key;
  }
  const Figures to_council = Compute("contractor_council_implementing");
  EXPECT_EQ(to_council.cells[0].count, council);
  EXPECT_EQ(to_council.base, council_base);
  EXPECT_EQ(Compute("any_not_counted").cells[0].count, not_counted);
  const Figures cohorts = Compute("window_by_cohort");
  EXPECT_EQ(cohorts.FindCell("year_1")->count, first_year);
  EXPECT_EQ(cohorts.FindCell("year_1")->base, first_year_base);
  // Whoever is in no cohort is asked and answers like everybody.
  const Figures window = Compute("window");
  EXPECT_EQ(cohorts.base, window.base);
  EXPECT_EQ(cohorts.answered, window.answered);
  EXPECT_EQ(cohorts.absences, window.absences);
}

TEST_F(CountOfRound, OverlapOfMultipleAnswersIsSplit) {
  // 2 direct only, 3 both, 25 outsourced only; 26 of the 28 to the council.
  std::vector<TestRow> rows = Municipalities(30);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::set<std::string> codes;
    if (i < 5) codes.insert("direct");
    if (i >= 2) codes.insert("outsourced");
    rows[i].answers["operation"] = Codes(codes);
    if (i >= 2) {
      rows[i].answers["contractor"] = Codes({i < 28 ? "council" : "npo"});
    }
  }
  const Figures split = Compute(rows, "operation_split");
  EXPECT_EQ(split.cells[0].count, 2);
  EXPECT_EQ(split.cells[1].count, 3);
  EXPECT_EQ(split.cells[2].count, 25);
  const Figures operation = Compute(rows, "operation");
  EXPECT_EQ(operation.FindCell("direct")->count, 5);
  EXPECT_EQ(operation.FindCell("outsourced")->count, 28);
  EXPECT_EQ(operation.base, 30);
  const Figures asked = Compute(rows, "contractor");
  EXPECT_EQ(asked.base, 28);
  EXPECT_EQ(asked.FindCell("council")->percent, "92.9");
  const Figures all = Compute(rows, "contractor_council_implementing");
  EXPECT_EQ(all.base, 30);
  EXPECT_EQ(all.cells[0].count, 26);
  EXPECT_EQ(all.cells[0].percent, "86.7");
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCount, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
