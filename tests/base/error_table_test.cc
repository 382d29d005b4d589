#include "services/base/error_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "services/base/absence.h"
#include "services/base/expression/expression.h"
#include "services/base/names/municipality_code.h"
#include "services/base/names/resource_name.h"
#include "services/base/names/respondent.h"
#include "services/base/numbers/rational.h"
#include "services/base/pages/page.h"
#include "services/base/time/clock.h"
#include "services/base/time/date.h"
#include "services/base/time/era.h"
#include "services/base/time/fiscal_year.h"
#include "services/base/wording/wording.h"
#include "tests/base/expression/expression_rows.h"

namespace welfare::base {
namespace {

// A failure of every row.
std::vector<absl::Status> Provoked() {
  const TestSchema schema;
  const ItemType several{ItemKind::kMultiple, {"a", "b"}};
  WordingProfile profile{
      .version = "1", .valid_from = *Date::Parse("2025-04-01"), .rules = {}};
  profile.rules.emplace_back();
  return {
      Rational::ParseDecimal("x").status(),
      Rational::ParseDecimal("1234567890123456789").status(),
      Date::Parse("x").status(),
      Date::Parse("2025-02-30").status(),
      Timestamp::ParseRfc3339("x").status(),
      FiscalYear::Parse("x").status(),
      FiscalYear::Parse("1899").status(),
      ParseFiscalYearWords("x").status(),
      ParseYearWords("x").status(),
      ParseYearWords("令和0年").status(),
      ParseYearWords("平成40年").status(),
      ParseYearWords("令和7年(2024年)").status(),
      MunicipalityCode::Parse("x").status(),
      MunicipalityCode::ParseFiveDigit("x").status(),
      MunicipalityCode::Parse("13101").status(),
      MunicipalityCode::Parse("131017").status(),
      MunicipalityCode::Parse("990000").status(),
      MunicipalityCode::Parse("130001").status(),
      ProgramName::Parse("x").status(),
      ProgramName::Parse("programs/A").status(),
      LineageEventName::Parse("lineageEvents/x").status(),
      ParseRespondentKind("x").status(),
      Respondent::Parse("131016").status(),
      ParseAbsence("x").status(),
      PageTokenInvalid(),
      Page::Read(-1, "", "").status(),
      ValidateWordingProfile(profile),
      Expression::Parse("(").status(),
      Check(*Expression::Parse("${nope} = 1"), schema).status(),
      ParseItemValue(several, "c").status(),
      ParseItemValue(several, "a a").status(),
      ParseItemValue({.kind = ItemKind::kInteger}, "1.5").status(),
  };
}

TEST(BaseErrorTable, EveryRowIsSaidInBothLanguages) {
  std::set<std::string> seen;
  for (const absl::Status& status : Provoked()) {
    const auto details = GetErrorDetails(status);
    ASSERT_TRUE(details.has_value()) << status;
    seen.insert(details->reason);
    const std::string english(MessageOf(status));
    EXPECT_EQ(english.find('{'), std::string::npos) << english;
    // A pattern of names has braces of its own.
    EXPECT_EQ(details->message_ja.find("_ja}"), std::string::npos) << english;
    EXPECT_TRUE(details->message_ja.ends_with("。")) << english;
  }
  std::set<std::string> rows;
  for (const ErrorRow& row : kErrorTable) rows.emplace(row.reason);
  EXPECT_EQ(seen, rows);
}

// What a codebook's author got wrong in a condition.
TEST(BaseErrorTable, FaultsOfExpressionsAreSaidInBothLanguages) {
  const TestSchema schema;
  for (const std::string text : {"",
                                 "1 2",
                                 "1 == 2",
                                 "?",
                                 "1x",
                                 "'a",
                                 "$x",
                                 "${x",
                                 "${-}",
                                 "1 < 2 < 3",
                                 "and",
                                 "(1",
                                 "nope()",
                                 "nope",
                                 "true",
                                 "selected(${x} 'a')",
                                 "not(1, 2)",
                                 "${nope} = 1",
                                 ". = 1",
                                 "${plan} = 'nope'",
                                 "${x} = 1",
                                 "${day} = 1",
                                 "${n} = 'a'",
                                 "${plan} = ${other}",
                                 "${plan} < ${plan2}",
                                 "selected(${n}, 'a')",
                                 "${day} = date('x')",
                                 "selected(${x}, ${n})",
                                 "if(true(), 1, 'a') = 1",
                                 "registry('nope', 0)",
                                 "registry('implementing', 99)",
                                 "not(1)"}) {
    const auto parsed = Expression::Parse(text);
    const absl::Status status =
        parsed.ok() ? Check(*parsed, schema).status() : parsed.status();
    const auto details = GetErrorDetails(status);
    ASSERT_TRUE(details.has_value()) << text;
    ASSERT_FALSE(details->violations.empty()) << text;
    for (const Violation& violation : details->violations) {
      EXPECT_TRUE(violation.description_ja.ends_with("。")) << text;
      EXPECT_EQ(violation.description.find("_ja}"), std::string::npos);
      EXPECT_EQ(violation.description_ja.find("_ja}"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace welfare::base
