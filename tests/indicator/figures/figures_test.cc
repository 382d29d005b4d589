// What is inconsistent does not leave.
#include "services/indicator/figures/figures.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "services/base/error.h"

namespace welfare::indicator {
namespace {

using base::Absence;

// 20 members: 3 not asked, 17 in the base of whom 2 keep no count.
Figures Sum() {
  Figures figures;
  figures.indicator = "supports";
  figures.measure = Measure::kSum;
  figures.size = 20;
  figures.base = 17;
  figures.answered = 15;
  figures.absences[static_cast<std::size_t>(Absence::kNotCounted)] = 2;
  figures.absences[static_cast<std::size_t>(Absence::kNotApplicable)] = 3;
  FigureCell total;
  total.key = "total";
  total.count = 15;
  total.base = 15;
  total.value = "841";
  figures.cells = {total};
  SetFlags(figures);
  return figures;
}

Figures Distribution() {
  Figures figures;
  figures.indicator = "plan";
  figures.measure = Measure::kDistribution;
  figures.size = 40;
  figures.base = 40;
  figures.answered = 40;
  FigureCell cell;
  cell.key = "formulated";
  cell.count = 30;
  cell.base = 40;
  cell.percent = "75.0";
  figures.cells = {cell};
  SetFlags(figures);
  return figures;
}

struct Change {
  std::string what;
  std::function<void(Figures&)> make;
};

void ExpectEachIsFound(const Figures& good,
                       const std::vector<Change>& changes) {
  ASSERT_TRUE(VerifyFigures(good, false).ok()) << VerifyFigures(good, false);
  for (const Change& change : changes) {
    Figures figures = good;
    change.make(figures);
    EXPECT_EQ(base::ReasonOf(VerifyFigures(figures, false)),
              "FIGURES_INCONSISTENT")
        << change.what;
  }
}

TEST(VerifyFigures, FindsWhatContradictsASum) {
  EXPECT_TRUE(Sum().cells[0].Has(CellFlag::kLowerBound));
  ExpectEachIsFound(
      Sum(),
      {{"a total printed as exact",
        [](Figures& f) { f.cells[0].flags = {CellFlag::kSmallBase}; }},
       {"the whole does not say so",
        [](Figures& f) { f.flags = {CellFlag::kSmallBase}; }},
       {"no number though some gave one",
        [](Figures& f) { f.cells[0].value.reset(); }},
       {"a percent of a total",
        [](Figures& f) { f.cells[0].percent = "100.0"; }},
       {"over those who gave none", [](Figures& f) { f.cells[0].base = 17; }},
       {"undefined over a base",
        [](Figures& f) { f.cells[0].flags = {CellFlag::kUndefined}; }},
       {"half a quotient", [](Figures& f) { f.cells[0].numerator = 841; }},
       {"a member is lost", [](Figures& f) { f.size = 21; }},
       {"an answer is lost", [](Figures& f) { f.answered = 14; }}});
}

TEST(VerifyFigures, FindsWhatContradictsADistribution) {
  ExpectEachIsFound(
      Distribution(),
      {{"another percent", [](Figures& f) { f.cells[0].percent = "75.1"; }},
       {"no percent", [](Figures& f) { f.cells[0].percent.reset(); }},
       {"a value", [](Figures& f) { f.cells[0].value = "30"; }},
       {"tied options",
        [](Figures& f) { f.cells[0].flags = {CellFlag::kTied}; }},
       {"members nobody decided", [](Figures& f) { f.cells[0].undecided = 1; }},
       {"more than the base", [](Figures& f) { f.cells[0].count = 41; }}});
}

TEST(VerifyFigures, ProgressHasNobodyAbsent) {
  Figures figures = Distribution();
  figures.measure = Measure::kProgress;
  EXPECT_TRUE(VerifyFigures(figures, false).ok());
  figures.size = 41;
  figures.absences[static_cast<std::size_t>(Absence::kUnitNonresponse)] = 1;
  EXPECT_FALSE(VerifyFigures(figures, false).ok());
}

}  // namespace
}  // namespace welfare::indicator
