// What changed, exactly, and why.
#include "services/report/model/errata/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PrintedCell Cell(std::string figure, std::string row, std::string column,
                 std::string datum, std::string symbol = "") {
  PrintedCell cell;
  cell.figure = std::move(figure);
  cell.row = std::move(row);
  cell.column = std::move(column);
  cell.datum = std::move(datum);
  cell.symbol = std::move(symbol);
  return cell;
}

std::vector<PrintedCell> Plan(const std::string& count,
                              const std::string& previous) {
  return {Cell("p04_plan", "formulated", "count", count),
          Cell("p04_plan", "formulated", "previous_count", previous),
          Cell("p04_plan", "none", "count", "5"),
          Cell("p03_areas", "区部", "municipalities", "23")};
}

ReportFacts Facts() {
  return {{"program", "1"},
          {"template", "1"},
          {"codebook", "2025-1"},
          {"registry", "1"},
          {"statements", "1"},
          {"definition/plan", "1"},
          {"definition/other", "1"},
          {"figure/p04_plan", "plan"},
          {"figure/p03_areas", ""},
          {"now/131016-municipality", "a"},
          {"now/131024-municipality", "a"},
          {"before/131016-municipality", "a"}};
}

// `row column before>after causes`, a `!` before what turned.
std::vector<std::string> Told(const std::vector<Change>& changes) {
  std::vector<std::string> told;
  for (const Change& change : changes) {
    std::string line = change.sign_changed ? "! " : "";
    line += change.place.row + " " + change.place.column + " " +
            (change.was_there ? change.before : "+") + ">" +
            (change.is_there ? change.after : "-");
    for (const ChangeCause cause : change.causes) {
      line += " " + std::string(ToString(cause));
    }
    told.push_back(std::move(line));
  }
  return told;
}

std::vector<std::string> Changes(const ReportFacts& then,
                                 const ReportFacts& now) {
  return Told(Compare(Plan("23", "22"), then, Plan("24", "22"), now));
}

TEST(Compare, EqualTablesHaveNoChanges) {
  ReportFacts other = Facts();
  other["registry"] = "2";
  EXPECT_THAT(Compare(Plan("23", "22"), Facts(), Plan("23", "22"), other),
              IsEmpty());
}

TEST(Compare, EachCauseIsNamedWhereItCanBeOne) {
  ReportFacts now = Facts();
  now["now/131016-municipality"] = "b";
  EXPECT_THAT(Changes(Facts(), now),
              ElementsAre("formulated count 23>24 CORRECTION"));
  now = Facts();
  now["now/131032-municipality"] = "a";
  EXPECT_THAT(Changes(Facts(), now),
              ElementsAre("formulated count 23>24 LATE_SUBMISSION"));
  now = Facts();
  now.erase("now/131016-municipality");
  EXPECT_THAT(Changes(Facts(), now),
              ElementsAre("formulated count 23>24 RETURNED"));
  now = Facts();
  now["registry"] = "2";
  EXPECT_THAT(Changes(Facts(), now),
              ElementsAre("formulated count 23>24 REGISTRY"));
  now = Facts();
  now["definition/plan"] = "2";
  EXPECT_THAT(Changes(Facts(), now),
              ElementsAre("formulated count 23>24 DEFINITION"));
  now = Facts();
  now["template"] = "2";
  EXPECT_THAT(Changes(Facts(), now),
              ElementsAre("formulated count 23>24 RENDERING"));
}

TEST(Compare, WhatCannotBeACauseIsNone) {
  // Last year's answers are none of this year's column, another indicator's
  // definition is none of this one, and rendering only where nothing else is.
  ReportFacts now = Facts();
  now["before/131016-municipality"] = "b";
  now["definition/other"] = "2";
  now["now/131016-municipality"] = "b";
  now["template"] = "2";
  EXPECT_THAT(Changes(Facts(), now),
              ElementsAre("formulated count 23>24 CORRECTION"));
  EXPECT_THAT(
      Told(Compare(Plan("23", "22"), Facts(), Plan("23", "21"), now)),
      ElementsAre("formulated previous_count 22>21 CORRECTION"));
  // Without facts nothing is claimed.
  EXPECT_THAT(Changes({}, now), ElementsAre("formulated count 23>24"));
}

TEST(Compare, SeveralCausesAreAllNamed) {
  ReportFacts now = Facts();
  now["now/131016-municipality"] = "b";
  now["now/131032-municipality"] = "a";
  now["registry"] = "2";
  EXPECT_THAT(
      Changes(Facts(), now),
      ElementsAre(
          "formulated count 23>24 LATE_SUBMISSION CORRECTION REGISTRY"));
}

TEST(Compare, WhatTurnsStandsFirst) {
  std::vector<PrintedCell> before = Plan("23", "22");
  before.push_back(Cell("p05", "yes", "percent", "76.7"));
  before.push_back(Cell("p05", "yes", "previous_percent", "76.8"));
  std::vector<PrintedCell> after = Plan("24", "22");
  after.push_back(Cell("p05", "yes", "percent", "76.9"));
  after.push_back(Cell("p05", "yes", "previous_percent", "76.8"));
  EXPECT_THAT(Told(Compare(before, Facts(), after, Facts())),
              ElementsAre("! yes percent 76.7>76.9", "formulated count 23>24"));
  // Equal is neither above nor below.
  EXPECT_THAT(Told(Compare(Plan("23", "22"), {}, Plan("22", "22"), {})),
              ElementsAre("! formulated count 23>22"));
  EXPECT_THAT(Told(Compare(Plan("23", "22"), {}, Plan("23", "23"), {})),
              ElementsAre("! formulated previous_count 22>23"));
}

TEST(Compare, CellsAppearAndVanishAndSymbolsCount) {
  std::vector<PrintedCell> before = Plan("23", "22");
  std::vector<PrintedCell> after = before;
  before[2].row = "gone";
  after[2].row = "new";
  after[0].symbol = "LOWER_BOUND";
  after[3].datum = "";
  after[3].symbol = "NOT_APPLICABLE";
  EXPECT_THAT(
      Told(Compare(before, {}, after, {})),
      ElementsAre("formulated count 23>23 LOWER_BOUND", "new count +>5",
                  "区部 municipalities 23>NOT_APPLICABLE", "gone count 5>-"));
}

TEST(Compare, RowsOfOneKeyAreHeldInTheirOrder) {
  std::vector<PrintedCell> before = {Cell("t", "x", "c", "1"),
                                     Cell("t", "x", "c", "2")};
  before[1].occurrence = 2;
  std::vector<PrintedCell> after = before;
  after[1].datum = "3";
  const auto changes = Compare(before, {}, after, {});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].place.occurrence, 2);
}

TEST(Compare, TheTableOfChangesIsNone) {
  std::vector<PrintedCell> after = Plan("23", "22");
  after.push_back(Cell(std::string(kErrataFigure), "1", "page", "4"));
  EXPECT_THAT(Compare(Plan("23", "22"), {}, after, {}), IsEmpty());
  EXPECT_THAT(Compare(after, {}, Plan("23", "22"), {}), IsEmpty());
}

TEST(ReportFacts, AreReadAsTheyWereWritten) {
  EXPECT_EQ(ReadFacts(ToText(Facts())), Facts());
  EXPECT_EQ(ReadFacts(""), ReportFacts());
  EXPECT_EQ(ReadFacts("no tab\n"), std::nullopt);
  EXPECT_EQ(ReadFacts("no\tend"), std::nullopt);
}

}  // namespace
}  // namespace welfare::report
