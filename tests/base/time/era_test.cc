#include "services/base/time/era.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"

namespace welfare::base {
namespace {

// A year, or a reason to refuse.
struct Spelling {
  std::string_view text;
  int year;
  std::string_view reason = "";
};

constexpr std::string_view kFormat = "ERA_FORMAT";
constexpr std::string_view kZero = "ERA_YEAR_ZERO";
constexpr std::string_view kRange = "ERA_YEAR_RANGE";
constexpr std::string_view kMismatch = "ERA_MISMATCH";

// Fiscal years.
constexpr Spelling kFiscal[] = {
    // Reiwa, long.
    {"令和7年度", 2025},
    {"令和７年度", 2025},
    {"令和七年度", 2025},
    {"令和7", 2025},
    {"令和元年度", 2019},
    {"令和1年度", 2019},
    {"令和１年度", 2019},
    {"令和一年度", 2019},
    {"令和2年度", 2020},
    {"令和二年度", 2020},
    {"令和3年度", 2021},
    {"令和4年度", 2022},
    {"令和5年度", 2023},
    {"令和6年度", 2024},
    {"令和８年度", 2026},
    {"令和九年度", 2027},
    {"令和9年度", 2027},
    {"令和10年度", 2028},
    {"令和１０年度", 2028},
    {"令和十年度", 2028},
    {"令和十一年度", 2029},
    {"令和11年度", 2029},
    {"令和12年度", 2030},
    {"令和十九年度", 2037},
    {"令和二十年度", 2038},
    {"令和二十一年度", 2039},
    {"令和20年度", 2038},
    {"令和99年度", 2117},
    {"令和九十九年度", 2117},
    // Reiwa, short.
    {"R7年度", 2025},
    {"R7", 2025},
    {"r7", 2025},
    {"r7年度", 2025},
    {"R７年度", 2025},
    {"Ｒ７年度", 2025},
    {"Ｒ7年度", 2025},
    {"ｒ７", 2025},
    {"R1", 2019},
    {"R1年度", 2019},
    {"R元年度", 2019},
    {"Ｒ元年度", 2019},
    {"R3", 2021},
    {"R6年度", 2024},
    {"R10", 2028},
    {"R七年度", 2025},
    // Heisei.
    {"平成31年度", 2019},
    {"平成３１年度", 2019},
    {"平成三十一年度", 2019},
    {"平成30年度", 2018},
    {"平成三十年度", 2018},
    {"平成元年度", 1989},
    {"平成1年度", 1989},
    {"平成2年度", 1990},
    {"平成10年度", 1998},
    {"平成十年度", 1998},
    {"平成二十年度", 2008},
    {"平成20年度", 2008},
    {"平成29年度", 2017},
    {"平成二十九年度", 2017},
    {"H31", 2019},
    {"H31年度", 2019},
    {"H30", 2018},
    {"h30年度", 2018},
    {"Ｈ３０年度", 2018},
    {"H1", 1989},
    {"H元年度", 1989},
    // Western.
    {"2025", 2025},
    {"2025年度", 2025},
    {"２０２５年度", 2025},
    {"２０２５", 2025},
    {"二〇二五年度", 2025},
    {"二〇一九年度", 2019},
    {"2019年度", 2019},
    {"1989年度", 1989},
    {"1988年度", 1988},
    {"2100年度", 2100},
    {"1900", 1900},
    {"2999", 2999},
    // Both.
    {"令和7年度(2025年度)", 2025},
    {"令和7年度（2025年度）", 2025},
    {"令和７年度（２０２５年度）", 2025},
    {"令和7年度(2025)", 2025},
    {"令和7(2025)", 2025},
    {"R7年度(2025年度)", 2025},
    {"R7(2025)", 2025},
    {"R7（２０２５）", 2025},
    {"令和元年度(2019年度)", 2019},
    {"令和元年度（平成31年度）", 2019},
    {"平成31年度(令和元年度)", 2019},
    {"平成31年度(2019年度)", 2019},
    {"平成30年度(2018年度)", 2018},
    {"2025年度(令和7年度)", 2025},
    {"2025(R7)", 2025},
    {"2019年度(平成31年度)", 2019},
    {"2019年度(令和元年度)", 2019},
    {"令和七年度(二〇二五年度)", 2025},
    // Another year in parentheses.
    {"令和5年度(2022年度)", 0, kMismatch},
    {"令和5年度（2022年度）", 0, kMismatch},
    {"R7(2024)", 0, kMismatch},
    {"2025年度(令和6年度)", 0, kMismatch},
    {"平成31年度(2020年度)", 0, kMismatch},
    {"平成30年度(令和元年度)", 0, kMismatch},
    {"令和元年度(2018年度)", 0, kMismatch},
    {"2025(2024)", 0, kMismatch},
    // Year zero.
    {"令和0年度", 0, kZero},
    {"令和０年度", 0, kZero},
    {"令和〇年度", 0, kZero},
    {"R0", 0, kZero},
    {"R0年度", 0, kZero},
    {"平成0年度", 0, kZero},
    {"H0", 0, kZero},
    {"2025年度(令和0年度)", 0, kZero},
    // Years the era did not have.
    {"平成32年度", 0, kRange},
    {"平成三十二年度", 0, kRange},
    {"平成99年度", 0, kRange},
    {"H32", 0, kRange},
    {"令和1000年度", 0, kRange},
    // Not a fiscal year.
    {"令和7年", 0, kFormat},
    {"R7年", 0, kFormat},
    {"2025年", 0, kFormat},
    {"令和7年(2025年)", 0, kFormat},
    {"令和7年度(2025年)", 0, kFormat},
    // Malformed.
    {"", 0, kFormat},
    {" ", 0, kFormat},
    {"令和", 0, kFormat},
    {"令和元", 0, kFormat},
    {"R元", 0, kFormat},
    {"令和年度", 0, kFormat},
    {"元年度", 0, kFormat},
    {"年度", 0, kFormat},
    {"7年度", 0, kFormat},
    {"7", 0, kFormat},
    {"25年度", 0, kFormat},
    {"025年度", 0, kFormat},
    {"0025年度", 0, kFormat},
    {"20255", 0, kFormat},
    {"令和07年度", 0, kFormat},
    {"R07", 0, kFormat},
    {"令和-7年度", 0, kFormat},
    {"令和7.5年度", 0, kFormat},
    {"令和 7年度", 0, kFormat},
    {"令和7 年度", 0, kFormat},
    {" 令和7年度", 0, kFormat},
    {"令和7年度 ", 0, kFormat},
    {"令和7年度版", 0, kFormat},
    {"令和7年度(2025年度", 0, kFormat},
    {"令和7年度2025年度)", 0, kFormat},
    {"令和7年度(2025年度）", 0, kFormat},
    {"令和7年度（2025年度)", 0, kFormat},
    {"令和7年度()", 0, kFormat},
    {"令和7年度(2025年度)(R7)", 0, kFormat},
    {"令和1７年度", 0, kFormat},
    {"２0２５年度", 0, kFormat},
    {"令和二五年度", 0, kFormat},
    {"令和十十年度", 0, kFormat},
    {"令和一十年度", 0, kFormat},
    {"令和十〇年度", 0, kFormat},
    {"令和二十〇年度", 0, kFormat},
    {"令和百年度", 0, kFormat},
    {"二千二十五年度", 0, kFormat},
    {"昭和64年度", 0, kFormat},
    {"S63", 0, kFormat},
    {"大正10年度", 0, kFormat},
    {"明治元年度", 0, kFormat},
    {"M1", 0, kFormat},
    {"RR7", 0, kFormat},
    {"R", 0, kFormat},
    {"H", 0, kFormat},
    {"R7度", 0, kFormat},
    {"R-7", 0, kFormat},
    {"R7.4", 0, kFormat},
    {"FY2025", 0, kFormat},
    {"西暦2025年度", 0, kFormat},
    {"2025-26", 0, kFormat},
    {"2025/26", 0, kFormat},
    {"令和7年度～令和8年度", 0, kFormat},
    {"令和七七年度", 0, kFormat},
    {"れいわ7年度", 0, kFormat},
    {"Reiwa 7", 0, kFormat},
    {"reiwa7", 0, kFormat},
    {"㋿7年度", 0, kFormat},
    {"令和7年度(令和7年度)", 2025},
    {"平成元年度(1989年度)", 1989},
    {"平成元年度（１９８９年度）", 1989},
    {"H31(2019)", 2019},
    {"H30年度(平成30年度)", 2018},
    {"R元年度(H31年度)", 2019},
    {"令和十年度（2028年度）", 2028},
    {"令和10年度(2029年度)", 0, kMismatch},
    {"H31(2018)", 0, kMismatch},
    {"R1(R2)", 0, kMismatch},
    {"平成31年度(令和2年度)", 0, kMismatch},
    {"平成32年度(2020年度)", 0, kRange},
    {"2020年度(平成32年度)", 0, kRange},
    {"令和000年度", 0, kFormat},
    {"令和元元年度", 0, kFormat},
    {"令和元7年度", 0, kFormat},
    {"元令和年度", 0, kFormat},
    // Outside what a fiscal year may be.
    {"1899", 0, "FISCAL_YEAR_RANGE"},
    {"3000", 0, "FISCAL_YEAR_RANGE"},
    {"9999年度", 0, "FISCAL_YEAR_RANGE"},
};

TEST(Era, ReadsOrRefusesEverySpellingOfAFiscalYear) {
  EXPECT_GE(std::size(kFiscal), 200U);
  for (const Spelling& row : kFiscal) {
    const auto year = ParseFiscalYearWords(row.text);
    if (row.reason.empty()) {
      ASSERT_TRUE(year.ok()) << row.text << ": " << year.status();
      EXPECT_EQ(year->value(), row.year) << row.text;
    } else {
      ASSERT_FALSE(year.ok()) << row.text << " read as " << year->value();
      EXPECT_EQ(ReasonOf(year.status()), row.reason) << row.text;
    }
  }
}

TEST(Era, ReadsOrRefusesCalendarYears) {
  for (const Spelling& row : {
           Spelling{"令和7年", 2025},
           {"R7年", 2025},
           {"R7", 2025},
           {"2025年", 2025},
           {"平成31年", 2019},
           {"令和元年", 2019},
           {"令和5年(2023年)", 2023},
           {"令和5年（2023）", 2023},
           {"令和5年(2022年)", 0, kMismatch},
           {"令和0年", 0, kZero},
           {"平成32年", 0, kRange},
           {"令和7年度", 0, kFormat},
           {"令和7年(2025年度)", 0, kFormat},
       }) {
    const auto year = ParseYearWords(row.text);
    if (row.reason.empty()) {
      ASSERT_TRUE(year.ok()) << row.text << ": " << year.status();
      EXPECT_EQ(*year, row.year) << row.text;
    } else {
      EXPECT_EQ(ReasonOf(year.status()), row.reason) << row.text;
    }
  }
}

TEST(Era, NamesBothYearsOfAMismatch) {
  auto metadata =
      GetErrorDetails(ParseYearWords("令和5年(2022年)").status())->metadata;
  EXPECT_EQ(metadata["first"], "2023");
  EXPECT_EQ(metadata["second"], "2022");
}

TEST(Era, Formats) {
  const auto format = [](int year, EraStyle style) {
    return FormatFiscalYear(FiscalYear::FromChecked(year), style);
  };
  EXPECT_EQ(format(2025, EraStyle::kLong), "令和7年度");
  EXPECT_EQ(format(2025, EraStyle::kShort), "R7");
  EXPECT_EQ(format(2025, EraStyle::kLongWithWestern), "令和7年度(2025年度)");
  EXPECT_EQ(format(2019, EraStyle::kLong), "令和元年度");
  EXPECT_EQ(format(2019, EraStyle::kShort), "R1");
  EXPECT_EQ(format(2019, EraStyle::kLongWithWestern), "令和元年度(2019年度)");
  EXPECT_EQ(format(2018, EraStyle::kLong), "平成30年度");
  EXPECT_EQ(format(1989, EraStyle::kLong), "平成元年度");
  EXPECT_EQ(format(1988, EraStyle::kShort), "1988年度");
  EXPECT_EQ(FormatYear(2019, EraStyle::kLong), "令和元年");
  EXPECT_EQ(FormatYear(2025, EraStyle::kLongWithWestern), "令和7年(2025年)");
}

TEST(Era, ReadsWhatItWritesFrom1989To2100) {
  for (int year = 1989; year <= 2100; ++year) {
    const FiscalYear fiscal_year = FiscalYear::FromChecked(year);
    for (const EraStyle style :
         {EraStyle::kLong, EraStyle::kShort, EraStyle::kLongWithWestern}) {
      const std::string text = FormatFiscalYear(fiscal_year, style);
      const auto parsed = ParseFiscalYearWords(text);
      ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.status();
      EXPECT_EQ(*parsed, fiscal_year) << text;
      const std::string calendar = FormatYear(year, style);
      EXPECT_EQ(*ParseYearWords(calendar), year) << calendar;
    }
  }
}

}  // namespace
}  // namespace welfare::base
