#include "services/report/model/words.h"

#include <gtest/gtest.h>

#include "services/report/model/figures/two_years.h"

namespace welfare::report {
namespace {

base::Date Day(int year, int month, int day) {
  return *base::Date::Make(year, month, day);
}

TEST(Words, YearsAndWindowsInTheEra) {
  EXPECT_EQ(YearWords(2025), "令和7年度");
  EXPECT_EQ(YearWordsWestern(2025), "令和7年度(2025年度)");
  EXPECT_EQ(WindowWords(Day(2025, 6, 16), Day(2025, 7, 11)),
            "令和7年6月16日～7月11日");
  EXPECT_EQ(WindowWords(Day(2025, 12, 1), Day(2026, 1, 9)),
            "令和7年12月1日～令和8年1月9日");
}

TEST(Words, CountsStandWithTheirShare) {
  EXPECT_EQ(Ratio(23, 30), "23/30（76.7%）");
  EXPECT_EQ(CountWithPercent(0, 30), "0（0.0%）");
  EXPECT_EQ(TwoDigits(4), "04");
  EXPECT_EQ(TwoDigits(12), "12");
}

TEST(Words, ThousandsHaveACommaInPrintAndNoneInData) {
  EXPECT_EQ(PrintedNumber("0"), "0");
  EXPECT_EQ(PrintedNumber("999"), "999");
  EXPECT_EQ(PrintedNumber("1527"), "1,527");
  EXPECT_EQ(PrintedNumber("1234567.5"), "1,234,567.5");
  EXPECT_EQ(PrintedNumber("-1000"), "-1,000");
  EXPECT_EQ(PrintedNumber("-100"), "-100");
  EXPECT_EQ(PrintedNumber(""), "");
  for (const TableCell& cell :
       {NumberCell(1527), DecimalCell("1527"), LowerBoundCell("1527")}) {
    EXPECT_EQ(cell.data, "1527");
    EXPECT_TRUE(cell.text.starts_with("1,527")) << cell.text;
  }
}

TEST(Words, ABaseSaysOfWhom) {
  IndicatorValue value;
  value.base = 30;
  value.population_label = "令和7年度 実施自治体";
  value.fiscal_year = 2025;
  value.reference_year = 2024;
  IndicatorValue before = value;
  before.base = 25;
  before.population_label = "令和6年度 実施自治体";
  EXPECT_EQ(BaseWords(value, nullptr), "n=30（令和7年度 実施自治体）");
  EXPECT_EQ(BaseWords(value, &before),
            "n=30（令和7年度 実施自治体）　比較 n=25（令和6年度 実施自治体）");
  before.population_label = value.population_label;
  before.fiscal_year = 2024;
  EXPECT_EQ(BaseWords(value, &before),
            "令和7年度 実施自治体 n=30（令和6年度 n=25）");
  // The year of the answers, not that of the survey.
  before.reference_year = 2023;
  EXPECT_EQ(BaseWords(value, &before),
            "令和7年度 実施自治体 n=30（令和5年度 n=25）");
  EXPECT_EQ(ReferenceWords(value), "令和6年度の実績");
}

TEST(Words, ACellIsANumberOrSaysWhyThereIsNone) {
  EXPECT_EQ(NumberCell(0).symbol, Symbol::kZero);
  EXPECT_EQ(NumberCell(7).data, "7");
  EXPECT_EQ(DecimalCell(std::nullopt).text, "-");
  EXPECT_EQ(DecimalCell(std::nullopt).data, "");
  EXPECT_EQ(DecimalCell("76.7").symbol, Symbol::kNone);
  const TableCell bound = LowerBoundCell("841");
  EXPECT_EQ(bound.text, "841以上");
  EXPECT_EQ(bound.data, "841");
  EXPECT_EQ(TextCell("法令").data, "法令");
  EXPECT_EQ(TextCell("").symbol, Symbol::kNotApplicable);
  EXPECT_EQ(TextCell("").text, "-");
}

// Both years of a histogram; the classes in the order of numbers.
TEST(TwoYears, EitherColumnHasAllItsCells) {
  IndicatorValue now;
  now.measure = Measure::kHistogram;
  now.cells.resize(2);
  now.cells[0].key = "1";
  now.cells[1].key = "10";
  IndicatorValue before = now;
  before.cells[1].key = "6";
  TwoYears years{now};
  years.previous = &before;
  std::string keys;
  for (const CellPair& pair : years.Cells()) {
    keys += pair.key;
    keys += pair.now == nullptr ? "-" : "+";
    keys += pair.before == nullptr ? "- " : "+ ";
  }
  EXPECT_EQ(keys, "1++ 6-+ 10+- ");
}

}  // namespace
}  // namespace welfare::report
