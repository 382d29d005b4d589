#include "services/base/names/municipality_code.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "services/base/error.h"

namespace welfare::base {
namespace {

struct Case {
  std::string_view text;
  std::string_view code;  // when it is read
  std::string_view reason = "";
  std::string_view candidates = "";
};

TEST(MunicipalityCode, ReadsOrRefusesSixDigits) {
  for (const Case& row : {
           Case{"131130", "131130"},  // remainder 1: check digit 0
           {"131041", "131041"},      // remainder 0: check digit 1
           {"131091", "131091"},      // remainder 10: check digit 1
           {"130001", "", "CODE_OF_PREFECTURE"},
           {"160008", "", "CODE_OF_PREFECTURE"},
           {"１６０００８", "", "CODE_OF_PREFECTURE"},
           {"160009", "", "CHECK_DIGIT"},
           {"16000", "", "CODE_AMBIGUOUS"},
           {"141003", "141003"},  // a designated city
           {"141011", "141011"},  // a ward of it
           {"131008", "131008"},  // the special wards together
           {"131016", "131016"},
           {"011002", "011002"},  // a leading zero
           {"１３１０１６", "131016"},
           {"１３１０16", "", "CODE_FORMAT"},
           {"131017", "", "CHECK_DIGIT", "131016"},
           {"113016", "", "CHECK_DIGIT", "113018"},
           {"481009", "", "CODE_PREFECTURE"},
           {"000000", "", "CODE_PREFECTURE"},
           {"13101", "", "CODE_AMBIGUOUS", "131016"},
           {"11002", "", "CODE_AMBIGUOUS", "110027 011002"},
           {"１３１０１", "", "CODE_AMBIGUOUS", "131016"},
           {"1310", "", "CODE_FORMAT"},
           {"1310160", "", "CODE_FORMAT"},
           {"", "", "CODE_FORMAT"},
           {" 131016", "", "CODE_FORMAT"},
           {"13101a", "", "CODE_FORMAT"},
           {"１３１０１", "", "CODE_AMBIGUOUS", "131016"},
           {"-31016", "", "CODE_FORMAT"},
       }) {
    const auto code = MunicipalityCode::Parse(row.text);
    if (row.reason.empty()) {
      ASSERT_TRUE(code.ok()) << row.text << ": " << code.status();
      EXPECT_EQ(code->ToString(), row.code);
    } else {
      ASSERT_FALSE(code.ok()) << row.text;
      EXPECT_EQ(ReasonOf(code.status()), row.reason) << row.text;
      EXPECT_EQ(GetErrorDetails(code.status())->metadata["candidates"],
                row.candidates)
          << row.text;
    }
  }
}

TEST(MunicipalityCode, SaysWhichCodesMayBeMeant) {
  const auto message = [](std::string_view text) {
    return std::string(MessageOf(MunicipalityCode::Parse(text).status()));
  };
  EXPECT_NE(message("11002").find("write all six: 110027 or 011002."),
            std::string::npos)
      << message("11002");
  EXPECT_NE(message("131017").find("131016"), std::string::npos)
      << message("131017");
}

TEST(MunicipalityCode, ReadsAPrefecturesCodeWhereItWasLetIn) {
  EXPECT_EQ(MunicipalityCode::ParseKnown("160008")->ToString(), "160008");
  EXPECT_EQ(ReasonOf(MunicipalityCode::ParseKnown("160009").status()),
            "CHECK_DIGIT");
  EXPECT_EQ(ReasonOf(MunicipalityCode::ParseFiveDigit("16000").status()),
            "CODE_OF_PREFECTURE");
}

TEST(MunicipalityCode, AddsTheCheckDigitWhereAColumnSaysFiveDigits) {
  EXPECT_EQ(MunicipalityCode::ParseFiveDigit("13101")->ToString(), "131016");
  EXPECT_EQ(MunicipalityCode::ParseFiveDigit("01100")->ToString(), "011002");
  EXPECT_EQ(MunicipalityCode::ParseFiveDigit("１３１１３")->ToString(),
            "131130");
  EXPECT_EQ(ReasonOf(MunicipalityCode::ParseFiveDigit("131016").status()),
            "CODE_FORMAT");
  EXPECT_EQ(ReasonOf(MunicipalityCode::ParseFiveDigit("1101").status()),
            "CODE_FORMAT");
  EXPECT_EQ(ReasonOf(MunicipalityCode::ParseFiveDigit("48101").status()),
            "CODE_PREFECTURE");
}

TEST(MunicipalityCode, ReadsAll62CodesOfTokyo) {
  const char* source = std::getenv("WELFARE_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  std::ifstream file(std::string(source) +
                     "/services/registry/data/municipalities.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  int count = 0;
  while (std::getline(file, line)) {
    const auto code = MunicipalityCode::Parse(line.substr(0, line.find(',')));
    ASSERT_TRUE(code.ok()) << line;
    EXPECT_EQ(code->prefecture(), "13");
    EXPECT_EQ(*MunicipalityCode::ParseFiveDigit(code->five_digits()), *code);
    ++count;
  }
  EXPECT_EQ(count, 62);
}

// A weighted sum modulo 11 finds every wrong digit among the first five unless
// the remainders 0 and 10 both give 1; the check digit itself is always found.
TEST(MunicipalityCode, FindsWrongDigits) {
  int missed = 0;
  int tried = 0;
  for (std::size_t at = 0; at < 6; ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string text = "131016";
      if (text[at] == digit) continue;
      text[at] = digit;
      ++tried;
      if (MunicipalityCode::Parse(text).ok()) ++missed;
    }
  }
  EXPECT_EQ(tried, 54);
  EXPECT_EQ(missed, 0);
}

}  // namespace
}  // namespace welfare::base
