#include "services/text/value_readers.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"

namespace welfare::text {
namespace {

// A spelling and what it is.
template <typename Value>
using Spelling = std::pair<std::string_view, Value>;

template <typename T>
std::string Refusal(const absl::StatusOr<T>& read) {
  if (read.ok()) return "";
  const auto details = base::GetErrorDetails(read.status());
  EXPECT_NE(details->message_ja, "") << "every refusal speaks Japanese";
  return details->reason;
}

TEST(ReadInteger, TakesWhatCannotBeMisread) {
  for (const auto& [text, value] :
       std::vector<Spelling<std::int64_t>>{{"12", 12},
                                           {"0", 0},
                                           {"０", 0},
                                           {" 12\u00A0", 12},
                                           {"　１２　", 12},
                                           {"1２", 12},
                                           {"1,200", 1200},
                                           {"１，２００", 1200},
                                           {"1，200", 1200},
                                           {"12,345,678", 12345678},
                                           {"-3", -3},
                                           {"－３", -3},
                                           {"\u22123", -3},
                                           {"+3", 3},
                                           {"-1,200", -1200},
                                           {"007", 7}}) {
    const auto read = ReadInteger(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.status();
    EXPECT_EQ(*read, value) << text;
  }
}

TEST(ReadInteger, RefusesWhatCouldBeMisread) {
  for (const std::string_view text :
       {"",          "1,20",    "1.200", "1,2000", ",200",     "1,,200",
        "12,34,567", "12人",    "約12",  "1 200",  "1.5",      "十二",
        "1e3",       "--1",     "0,200", "1,200,", "12\u200B", "△3",
        "(3)",       "1200,34", "-",     "1,+20"}) {
    EXPECT_EQ(Refusal(ReadInteger(text)), "NUMBER_FORMAT") << text;
  }
}

TEST(ReadInteger, SaysWhatToWriteForEachForm) {
  const auto said = [](std::string_view text) {
    return base::GetErrorDetails(ReadInteger(text).status())->message_ja;
  };
  EXPECT_NE(said("1,20").find("桁区切り"), std::string::npos);
  EXPECT_NE(said("1.200").find("小数点"), std::string::npos);
  EXPECT_NE(said("12人").find("単位"), std::string::npos);
  EXPECT_NE(said("多数").find("整数"), std::string::npos);
}

TEST(ReadInteger, RefusesMoreDigitsThanItHolds) {
  EXPECT_EQ(*ReadInteger("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(Refusal(ReadInteger("9223372036854775808")), "NUMBER_RANGE");
  EXPECT_EQ(Refusal(ReadInteger(std::string(500, '9'))), "NUMBER_RANGE");
}

TEST(ReadFiscalYear, TakesWesternAndEraYears) {
  for (const std::string_view text :
       {"2025", "２０２５", "2025 ", "　2025", "FY2025", "fy2025",
        "ＦＹ２０２５", "2025年度", "令和7", "令和７年度", "令和7年度",
        "令和 7 年度", "R7", "r7", "Ｒ７", "R7年度", "令和七年度",
        "令和7年度(2025年度)", "令和7年度（2025年度）"}) {
    const auto read = ReadFiscalYear(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.status();
    EXPECT_EQ(read->value(), 2025) << text;
  }
  EXPECT_EQ(ReadFiscalYear("平成31年度")->value(), 2019);
  EXPECT_EQ(ReadFiscalYear("令和元年度")->value(), 2019);
}

TEST(ReadFiscalYear, RefusesTheRestWithAReason) {
  for (const auto& [text, reason] : std::vector<Spelling<std::string_view>>{
           {"", "FISCAL_YEAR_FORMAT"},
           {"25", "FISCAL_YEAR_FORMAT"},
           {"7年度", "FISCAL_YEAR_FORMAT"},
           {"2025.0", "FISCAL_YEAR_FORMAT"},
           {"2025/4/1", "FISCAL_YEAR_FORMAT"},
           {"2025\u200B", "FISCAL_YEAR_FORMAT"},
           {"FY令和7", "FISCAL_YEAR_FORMAT"},
           {"令和7年", "FISCAL_YEAR_FORMAT"},
           {"明治1年度", "FISCAL_YEAR_FORMAT"},
           {"令和0年度", "ERA_YEAR_ZERO"},
           {"平成32年度", "ERA_YEAR_RANGE"},
           {"令和7年度(2024年度)", "ERA_MISMATCH"},
           {"1899", "FISCAL_YEAR_RANGE"},
           {"3000", "FISCAL_YEAR_RANGE"}}) {
    EXPECT_EQ(Refusal(ReadFiscalYear(text)), reason) << text;
  }
}

TEST(ReadFiscalYear, TellsAYearFromAFiscalYear) {
  EXPECT_NE(base::GetErrorDetails(ReadFiscalYear("令和7年").status())
                ->message_ja.find("「年」ではなく"),
            std::string::npos);
}

TEST(ReadDate, TakesTheFormsOfOneDay) {
  for (const std::string_view text :
       {"2025-04-01", "2025/4/1", "2025/04/01", "２０２５／４／１", "2025.4.1",
        "20250401", " 2025-04-01 ", "2025年4月1日", "2025年 4月 1日",
        "令和7年4月1日", "令和７年４月１日", "R7.4.1", "R7/4/1"}) {
    const auto read = ReadDate(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.status();
    EXPECT_EQ(read->ToString(), "2025-04-01") << text;
  }
  EXPECT_EQ(ReadDate("平成元年5月1日")->ToString(), "1989-05-01");
}

TEST(ReadDate, RefusesTheRestWithAReason) {
  for (const auto& [text, reason] : std::vector<Spelling<std::string_view>>{
           {"", "DATE_FORMAT"},
           {"45748", "DATE_FORMAT"},
           {"4/1/2025", "DATE_FORMAT"},
           {"25/4/1", "DATE_FORMAT"},
           {"7年4月1日", "DATE_FORMAT"},
           {"2025-04", "DATE_FORMAT"},
           {"2025-04-01T09:00", "DATE_FORMAT"},
           {"2025/4/1 0:00", "DATE_FORMAT"},
           {"2025-04-0 1", "DATE_FORMAT"},
           {"2025-4/1", "DATE_FORMAT"},
           {"2025年度4月1日", "DATE_FORMAT"},
           {"2025-13-01", "DATE_INVALID"},
           {"2025-02-29", "DATE_INVALID"},
           {"20250230", "DATE_INVALID"},
           {"平成32年4月1日", "ERA_YEAR_RANGE"}}) {
    EXPECT_EQ(Refusal(ReadDate(text)), reason) << text;
  }
}

TEST(ReadDate, KnowsTheDayNumberOfASpreadsheet) {
  EXPECT_NE(base::GetErrorDetails(ReadDate("45748").status())
                ->message_ja.find("セルの書式"),
            std::string::npos);
}

TEST(ReadMunicipalityCode, TakesDigitsOfEitherWidthAndBlanksAround) {
  for (const std::string_view text :
       {"131016", "１３１０１６", "13101６", " 131016", "131016\u3000"}) {
    const auto read = ReadMunicipalityCode(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.status();
    EXPECT_EQ(read->ToString(), "131016");
  }
  EXPECT_EQ(ReadMunicipalityCode("１３１０１", true)->ToString(), "131016");
}

TEST(ReadMunicipalityCode, NamesTheCodesThatMayBeMeant) {
  const auto five = ReadMunicipalityCode("13102");
  EXPECT_EQ(Refusal(five), "CODE_AMBIGUOUS");
  const auto details = base::GetErrorDetails(five.status());
  EXPECT_EQ(details->metadata.at("candidates"), "131024 013102");
  EXPECT_NE(details->message_ja.find("131024、013102"), std::string::npos);
  EXPECT_EQ(Refusal(ReadMunicipalityCode("131017")), "CHECK_DIGIT");
  EXPECT_EQ(Refusal(ReadMunicipalityCode("131016\u200B")), "CODE_FORMAT");
  EXPECT_EQ(Refusal(ReadMunicipalityCode("130001")), "CODE_OF_PREFECTURE");
  EXPECT_EQ(Refusal(ReadMunicipalityCode("991016")), "CODE_PREFECTURE");
}

TEST(ReadYesNo, TakesTheWordsOfPeopleAndSpreadsheets) {
  for (const std::string_view text :
       {"yes", "Yes", "ＹＥＳ", " yes ", "TRUE", "はい"}) {
    EXPECT_TRUE(*ReadYesNo(text)) << text;
  }
  for (const std::string_view text : {"no", "NO", "ｎｏ", "FALSE", "いいえ"}) {
    EXPECT_FALSE(*ReadYesNo(text)) << text;
  }
  for (const std::string_view text : {"", "1", "0", "yes\u200B", "○"}) {
    EXPECT_EQ(Refusal(ReadYesNo(text)), "YES_NO_INVALID") << text;
  }
}

constexpr std::array<std::string_view, 4> kWords = {"yes", "ended", "B", "b"};

TEST(ReadWord, TakesAWordOfTheListInAnyWidthAndCase) {
  EXPECT_EQ(*ReadWord(" ｅｎｄｅｄ ", kWords), "ended");
  EXPECT_EQ(*ReadWord("Ended", kWords), "ended");
  EXPECT_EQ(*ReadWord("b", kWords), "b");
}

TEST(ReadWord, RefusesOthersAndListsTheWords) {
  const auto read = ReadWord("done", kWords);
  EXPECT_EQ(Refusal(read), "WORD_UNKNOWN");
  EXPECT_EQ(base::MessageOf(read.status()), "Write one of yes, ended, B, b.");
  EXPECT_EQ(Refusal(ReadWord("yes\u200B", kWords)), "WORD_UNKNOWN");
}

}  // namespace
}  // namespace welfare::text
