// The table of services/indicator/README.md, written down a second time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "services/base/absence.h"
#include "services/indicator/figures/figures.h"

namespace welfare::indicator::testing {

// Expects what the table says of a value of this measure.
inline void ExpectWhatTheTableSays(const Figures& figures) {
  using base::Absence;
  const int missing = figures.Absent(Absence::kNoAnswer) +
                      figures.Absent(Absence::kNotCounted) +
                      figures.Absent(Absence::kUnknown);
  const int outside = figures.Absent(Absence::kNotApplicable) +
                      figures.Absent(Absence::kNotAsked) +
                      figures.Absent(Absence::kUnitNonresponse);
  EXPECT_EQ(figures.size, figures.base + outside);
  EXPECT_EQ(figures.base, figures.answered + missing);
  if (figures.measure == Measure::kProgress) {
    EXPECT_EQ(missing + outside, 0);
  }
  bool any_lower_bound = false;
  for (const FigureCell& cell : figures.cells) {
    SCOPED_TRACE(figures.indicator + " " + cell.key);
    const bool rank = figures.measure == Measure::kRank;
    const bool sum = figures.measure == Measure::kSum;
    const bool highest = rank || (sum && cell.key == "max");
    const bool rises = highest || (sum && cell.key == "total");
    EXPECT_EQ(cell.Has(CellFlag::kUndefined), cell.base == 0);
    EXPECT_EQ(cell.Has(CellFlag::kSmallBase), cell.base > 0 && cell.base < 30);
    EXPECT_EQ(cell.Has(CellFlag::kTied), highest && cell.count > 1);
    EXPECT_EQ(cell.Has(CellFlag::kNoValue),
              cell.base > 0 &&
                  ((rank && cell.count == 0) || cell.undecided == cell.base));
    EXPECT_EQ(
        cell.Has(CellFlag::kLowerBound),
        cell.undecided > 0 || (rises && cell.value.has_value() && missing > 0));
    if (sum || rank) {
      EXPECT_EQ(cell.base, figures.answered);
      EXPECT_FALSE(cell.percent.has_value());
      EXPECT_EQ(cell.value.has_value(),
                cell.base > 0 && !cell.Has(CellFlag::kNoValue));
    } else {
      EXPECT_FALSE(cell.value.has_value());
      EXPECT_EQ(cell.percent.has_value(),
                cell.base > 0 && !cell.Has(CellFlag::kNoValue));
    }
    any_lower_bound = any_lower_bound || cell.Has(CellFlag::kLowerBound);
  }
  EXPECT_EQ(std::ranges::count(figures.flags, CellFlag::kLowerBound),
            any_lower_bound ? 1 : 0);
  EXPECT_EQ(std::ranges::count(figures.flags, CellFlag::kUndefined),
            figures.base == 0 ? 1 : 0);
  EXPECT_EQ(std::ranges::count(figures.flags, CellFlag::kSmallBase),
            figures.base > 0 && figures.base < 30 ? 1 : 0);
}

}  // namespace welfare::indicator::testing
