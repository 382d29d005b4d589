#include "services/report/model/figures/change_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::report {
namespace {

using base::Absence;
using ::testing::IsEmpty;

IndicatorValue Asked(int year, std::vector<int> counts, int n,
                     std::vector<AbsenceCount> absences) {
  IndicatorValue value;
  value.id = "preparing";
  value.fiscal_year = value.reference_year = year;
  value.base = value.population_size = n;
  value.absences = std::move(absences);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    ValueCell cell;
    cell.key = i == 0 ? "yes" : "no";
    cell.count = counts[i];
    cell.base = n;
    value.cells.push_back(cell);
  }
  return value;
}

TEST(ChangeRule, LeavesUpToFifteenOfAHundredAside) {
  // The ranges have nearly all in common: it is the limit alone that decides.
  const YearShare known{.count = 10, .base = 20};
  EXPECT_TRUE(ChangeCanBeSaid(known, {.count = 9, .base = 20, .unknown = 2}));
  EXPECT_TRUE(ChangeCanBeSaid(known, {.count = 9, .base = 20, .unknown = 3}));
  EXPECT_FALSE(ChangeCanBeSaid(known, {.count = 9, .base = 20, .unknown = 4}));
  // Exact where the hundredths are no whole number: 15.09… and 14.95… of 100.
  EXPECT_TRUE(MuchIsUnknown({.count = 1, .base = 53, .unknown = 8}));
  EXPECT_FALSE(MuchIsUnknown({.count = 1, .base = 107, .unknown = 16}));
  EXPECT_FALSE(
      MuchIsUnknown({.count = 0, .base = 1'000'000, .unknown = 150'000}));
  EXPECT_TRUE(
      MuchIsUnknown({.count = 0, .base = 1'000'000, .unknown = 150'001}));
}

TEST(ChangeRule, SaysAChangeThatNoAnswerOfTheUnknownCanUndo) {
  const YearShare now{.count = 30, .base = 40};
  // At most 30 of 40 last year: it may have been the same.
  EXPECT_FALSE(ChangeCanBeSaid(now, {.count = 20, .base = 40, .unknown = 10}));
  // At most 29: there are more now, whatever they would have answered.
  EXPECT_TRUE(ChangeCanBeSaid(now, {.count = 19, .base = 40, .unknown = 10}));
  // A share that fell among the known may have risen.
  EXPECT_FALSE(ChangeCanBeSaid({.count = 12, .base = 40, .unknown = 8},
                               {.count = 20, .base = 40}));
  EXPECT_TRUE(ChangeCanBeSaid({.count = 11, .base = 40, .unknown = 8},
                              {.count = 20, .base = 40}));
  // Of other bases: 3/4 against at most 8/11, then at most 9/12.
  EXPECT_TRUE(ChangeCanBeSaid(now, {.count = 5, .base = 11, .unknown = 3}));
  EXPECT_FALSE(ChangeCanBeSaid(now, {.count = 6, .base = 12, .unknown = 3}));
  // A little that is unknown counts as well as soon as much is in the other.
  const YearShare before{.count = 30, .base = 40, .unknown = 8};
  EXPECT_TRUE(ChangeCanBeSaid({.count = 29, .base = 40}, before));
  EXPECT_FALSE(
      ChangeCanBeSaid({.count = 29, .base = 40, .unknown = 1}, before));
}

TEST(ChangeRule, SaysNothingWhereMoreIsUnknownThanKnown) {
  // There were more last year for certain; how many more nobody knows.
  const YearShare now{.count = 0, .base = 32};
  EXPECT_TRUE(ChangeCanBeSaid(now, {.count = 1, .base = 36, .unknown = 18}));
  EXPECT_FALSE(ChangeCanBeSaid(now, {.count = 1, .base = 36, .unknown = 19}));
  EXPECT_FALSE(ChangeCanBeSaid({.count = 1, .base = 36, .unknown = 19}, now));
  EXPECT_FALSE(ChangeCanBeSaid({.count = 26, .base = 32},
                               {.count = 1, .base = 37, .unknown = 36}));
}

TEST(ChangeRule, NamesTheYearAndHowManyOfHowMany) {
  const IndicatorValue now = Asked(2025, {6, 26}, 32, {});
  const IndicatorValue before =
      Asked(2024, {0, 1}, 37, {{Absence::kUnknown, 36, std::nullopt}});
  const TwoYears years{.value = now, .previous = &before};
  EXPECT_EQ(WhyChangeIsUnknown(years, "yes"), "令和6年度は37のうち36が不詳");
  EXPECT_EQ(WhyNoChange(years, years.Cells()[1]),
            "令和6年度は37のうち36が不詳");
  EXPECT_EQ(
      UnknownChangeNote(years),
      "令和6年度の調査からの増減は示さない（令和6年度は37のうち36が不詳）。");
  EXPECT_THAT(WhyChangeIsUnknown(years, "maybe"), IsEmpty());
  EXPECT_THAT(WhyChangeIsUnknown(TwoYears{.value = now}, "yes"), IsEmpty());
}

TEST(ChangeRule, NamesBothYearsAndEveryKindThatStaysInTheBase) {
  const std::vector<AbsenceCount> absences = {
      {Absence::kNoAnswer, 1, std::nullopt},
      {Absence::kNotCounted, 10, std::nullopt},
      {Absence::kNotApplicable, 9, std::nullopt}};
  const IndicatorValue now = Asked(2025, {15, 4}, 30, absences);
  const IndicatorValue before =
      Asked(2024, {1, 15}, 23, {{Absence::kUnknown, 7, std::nullopt}});
  const TwoYears years{.value = now, .previous = &before};
  EXPECT_EQ(UnknownIn(now, now.cells[0]), 11);
  // 15/30 and more against 8/23 at most; and 15/30 at most against 15/23.
  EXPECT_THAT(WhyChangeIsUnknown(years, "yes"), IsEmpty());
  EXPECT_THAT(UnknownChangeNote(years), IsEmpty());
  IndicatorValue less = now;
  less.cells[0].count = 10;
  const TwoYears other{.value = less, .previous = &before};
  EXPECT_EQ(WhyChangeIsUnknown(other, "yes"),
            "令和7年度は30のうち11が無回答・カウントしていない、"
            "令和6年度は23のうち7が不詳");
  EXPECT_EQ(UnknownChangeNote(other),
            "令和6年度の調査からの増減を示さない区分がある（"
            "令和7年度は30のうち11が無回答・カウントしていない、"
            "令和6年度は23のうち7が不詳）。");
}

// Of a part of the base nobody counted what is unknown: it is what it can be at
// most.
TEST(ChangeRule, TakesTheMostThatCanBeUnknownOfAPartOfTheBase) {
  IndicatorValue now =
      Asked(2025, {8, 20}, 30, {{Absence::kNoAnswer, 4, std::nullopt}});
  now.cells[0].base = 12;
  now.cells[1].base = 22;
  EXPECT_EQ(UnknownIn(now, now.cells[0]), 4);
  EXPECT_EQ(UnknownIn(now, now.cells[1]), 2);
  const IndicatorValue before = Asked(2024, {11, 9}, 20, {});
  const TwoYears years{.value = now, .previous = &before};
  EXPECT_EQ(WhyChangeIsUnknown(years, "yes"), "");  // 8/12 is over 11/20
  IndicatorValue fewer = now;
  fewer.cells[0].count = 5;
  const TwoYears other{.value = fewer, .previous = &before};
  EXPECT_EQ(WhyChangeIsUnknown(other, "yes"),
            "令和7年度は12のうち多くとも4が無回答");
}

TEST(ChangeRule, KnowsOfEverybodyWhetherATextWasWritten) {
  IndicatorValue now =
      Asked(2025, {22}, 30, {{Absence::kNoAnswer, 8, std::nullopt}});
  IndicatorValue before =
      Asked(2024, {17}, 23, {{Absence::kNoAnswer, 6, std::nullopt}});
  now.cells[0].key = before.cells[0].key = "answered";
  EXPECT_EQ(UnknownIn(now, now.cells[0]), 0);
  const TwoYears years{.value = now, .previous = &before};
  EXPECT_THAT(WhyChangeIsUnknown(years, "answered"), IsEmpty());
  EXPECT_THAT(UnknownChangeNote(years), IsEmpty());
  // The first of two options is not a text, whatever it is called.
  IndicatorValue options =
      Asked(2025, {20, 2}, 30, {{Absence::kNoAnswer, 8, std::nullopt}});
  options.cells[0].key = "answered";
  EXPECT_EQ(UnknownIn(options, options.cells[0]), 8);
}

TEST(ChangeRule, LeavesOtherReasonsInTheirPlace) {
  const IndicatorValue now = Asked(2025, {1, 1}, 9, {});
  const IndicatorValue before =
      Asked(2024, {0, 1}, 37, {{Absence::kUnknown, 36, std::nullopt}});
  const TwoYears years{.value = now, .previous = &before};
  EXPECT_EQ(WhyNoChange(years, years.Cells()[0]), "母数が10未満");
  // Of so few no sheet says how many are unknown.
  EXPECT_THAT(UnknownChangeNote(years), IsEmpty());
  IndicatorValue bound = Asked(2025, {6, 26}, 32, {});
  bound.cells[0].flags.push_back(CellFlag::kLowerBound);
  const TwoYears other{.value = bound, .previous = &before};
  EXPECT_EQ(WhyNoChange(other, other.Cells()[0]), "下限値を含む");
  EXPECT_THAT(WhyChangeIsUnknown(other, "yes"), IsEmpty());
}

}  // namespace
}  // namespace welfare::report
