// PROGRESS against the recount.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/recount.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::RespondentKind;
using testing::kYear;
using testing::Municipalities;
using testing::RowCounts;
using testing::TestRow;

class RandomProgress : public testing::RandomRound {};
class ProgressOfRound : public testing::WrittenRound {};

TEST_P(RandomProgress, AgreesWithTheRecount) {
  int received = 0;
  int late = 0;
  int early = 0;
  int expected = 0;
  int unrecorded = 0;
  int received_not_implementing = 0;
  for (const TestRow& row : rows_) {
    if (row.kind != RespondentKind::kMunicipality) continue;
    ++expected;
    if (RowCounts(row, basis_)) {
      ++received;
      if (row.late) ++late;
      if (row.early) ++early;
      if (row.Implements(kYear) == false) ++received_not_implementing;
    }
    if (!row.Implements(kYear).has_value()) ++unrecorded;
  }
  const Figures progress = Compute("response_municipalities");
  EXPECT_EQ(progress.FindCell("received")->count, received);
  EXPECT_EQ(progress.FindCell("received")->base, expected);
  EXPECT_EQ(progress.FindCell("late")->count, late);
  EXPECT_EQ(progress.FindCell("on_time")->count, received - late - early);
  EXPECT_EQ(progress.FindCell("early") == nullptr, early == 0);
  EXPECT_EQ(progress.answered, expected);
  EXPECT_EQ(progress.FindCell("received_not_implementing")->count,
            received_not_implementing);
  EXPECT_EQ(progress.FindCell("received_status_unknown") == nullptr,
            unrecorded == 0);
}

TEST_F(ProgressOfRound, BeforeTheFirstDayIsNotOnTime) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[0].early = true;
  rows[1].late = true;
  rows[3].implementing[kYear] = std::nullopt;
  const Figures figures = Compute(rows, "response_municipalities");
  EXPECT_EQ(figures.FindCell("received")->count, 4);
  EXPECT_EQ(figures.FindCell("on_time")->count, 2);
  EXPECT_EQ(figures.FindCell("late")->count, 1);
  EXPECT_EQ(figures.FindCell("early")->count, 1);
  EXPECT_EQ(figures.FindCell("received_not_implementing")->count, 0);
  EXPECT_EQ(figures.FindCell("received_status_unknown")->count, 1);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProgress, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
