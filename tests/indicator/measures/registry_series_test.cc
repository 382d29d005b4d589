// REGISTRY_SERIES against the recount.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/indicator/computed_round.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::RespondentKind;
using testing::kYear;
using testing::MakeHistory;
using testing::Municipalities;
using testing::TestRow;

class RandomSeries : public testing::RandomRound {};
class SeriesOfRound : public testing::WrittenRound {};

TEST_P(RandomSeries, AgreesWithTheRecount) {
  std::map<int, int> implementing;
  std::map<int, int> newcomers;
  std::map<int, int> unknown_newcomers;
  for (const TestRow& row : rows_) {
    if (row.kind != RespondentKind::kMunicipality) continue;
    for (int year = 2023; year <= kYear; ++year) {
      const std::optional<bool> now = row.Implements(year);
      const std::optional<bool> before = row.Implements(year - 1);
      if (now == true) ++implementing[year];
      if (now == true && before == false) ++newcomers[year];
      // Who does not implement, or did the year before, is surely none.
      if (now != false && before != true &&
          (!now.has_value() || !before.has_value())) {
        ++unknown_newcomers[year];
      }
    }
  }
  for (int year = 2023; year <= kYear; ++year) {
    const std::string key = std::to_string(year);
    EXPECT_EQ(Compute("implementing_by_year").FindCell(key)->count,
              implementing[year]);
    const Figures by_year = Compute("newcomers_by_year");
    EXPECT_EQ(by_year.FindCell(key)->count, newcomers[year]);
    EXPECT_EQ(by_year.FindCell(key)->undecided, unknown_newcomers[year]);
  }
  EXPECT_EQ(Compute("newcomers_by_year").Absent(Absence::kUnknown),
            unknown_newcomers[kYear]);
  // The series and the population of that name are one set.
  const PopulationSet* population = indicators_->FindPopulation("newcomers");
  EXPECT_EQ(population->members.Count(), newcomers[kYear]);
  EXPECT_EQ(population->undecided.Count(), unknown_newcomers[kYear]);
}

TEST_F(SeriesOfRound, WhoHasNoRecordOfTheYearBeforeIsNoNewcomerYet) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[1].implementing[kYear - 1] = false;
  rows[2].implementing[kYear - 1] = std::nullopt;
  rows[3].implementing[kYear] = std::nullopt;  // surely none: ran it before
  const Figures figures = Compute(rows, "newcomers_by_year");
  const FigureCell& cell = *figures.FindCell(std::to_string(kYear));
  EXPECT_EQ(cell.count, 1);
  EXPECT_EQ(cell.undecided, 1);
  EXPECT_THAT(cell.flags, ::testing::Contains(CellFlag::kLowerBound));
  EXPECT_EQ(figures.Absent(Absence::kUnknown), 1);
  EXPECT_EQ(figures.answered, 3);
  const auto explained =
      indicators_->Explain("newcomers_by_year", std::to_string(kYear), nullptr);
  EXPECT_FALSE(explained.ok());  // a series needs the registry
  const RegistryHistory history = MakeHistory(rows, 2022);
  const auto named = indicators_->Explain("newcomers_by_year",
                                          std::to_string(kYear), &history);
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->explanations[0].reason, "registry 2025: newcomer no");
  EXPECT_EQ(named->explanations[1].reason, "registry 2025: newcomer yes");
  EXPECT_EQ(named->explanations[2].reason, "registry 2025: newcomer UNKNOWN");
  EXPECT_EQ(named->explanations[3].reason, "registry 2025: newcomer no");
}

TEST_F(SeriesOfRound, AYearWithoutRecordsIsNoZero) {
  std::vector<TestRow> rows = Municipalities(3);
  for (TestRow& row : rows) row.implementing[2023] = std::nullopt;
  const Figures figures = Compute(rows, "implementing_by_year");
  const FigureCell& cell = *figures.FindCell("2023");
  EXPECT_EQ(cell.count, 0);
  EXPECT_EQ(cell.base, 3);
  EXPECT_EQ(cell.undecided, 3);
  EXPECT_FALSE(cell.percent.has_value());
  EXPECT_THAT(cell.flags,
              ::testing::ElementsAre(CellFlag::kLowerBound,
                                     CellFlag::kSmallBase, CellFlag::kNoValue));
  // What was before the programme could be run needs no record.
  RegistryHistory history = MakeHistory(rows, 2024);
  history.first_program_year = 2024;
  const auto since = indicators_->Compute("newcomers_by_year", &history);
  ASSERT_TRUE(since.ok()) << since.status();
  EXPECT_EQ(since->FindCell("2024")->count, 3);
  EXPECT_EQ(since->FindCell("2024")->undecided, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSeries, testing::Seeds());

}  // namespace
}  // namespace welfare::indicator
