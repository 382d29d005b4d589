#include "services/base/expression/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tests/base/expression/expression_rows.h"

namespace welfare::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Truth F = Truth::kFalse;
constexpr Truth T = Truth::kTrue;
constexpr Truth U = Truth::kUnknown;

TEST(Truth, NotAndOrFollowKleene) {
  EXPECT_EQ(Not(F), T);
  EXPECT_EQ(Not(T), F);
  EXPECT_EQ(Not(U), U);
  struct Row {
    Truth a, b, conjunction, disjunction;
  };
  for (const Row& row : {Row{F, F, F, F}, Row{F, T, F, T}, Row{F, U, F, U},
                         Row{T, F, F, T}, Row{T, T, T, T}, Row{T, U, U, T},
                         Row{U, F, F, U}, Row{U, T, U, T}, Row{U, U, U, U}}) {
    EXPECT_EQ(And(row.a, row.b), row.conjunction)
        << ToString(row.a) << " and " << ToString(row.b);
    EXPECT_EQ(Or(row.a, row.b), row.disjunction)
        << ToString(row.a) << " or " << ToString(row.b);
  }
}

// Each row: the expression and its truth when the items are answered (first)
// and when nothing is answered and the registry knows nothing (second).
struct TruthCase {
  std::string_view text;
  Truth answered;
  Truth unanswered;
};

class ExpressionTruth : public testing::Test {
 protected:
  ExpressionTruth() : full_(schema_), empty_(schema_) {
    full_.Set("plan", "formulated")
        .Set("plan2", "none")
        .Set("other", "yes")
        .Set("x", "a c")
        .Set("n", "7")
        .Set("m", "-2")
        .Set("d", "0.50")
        .Set("note", "free text")
        .Set("day", "2025-06-16")
        .Set("table/row", "0")
        .SetRegistry(RegistryFact::kImplementing, 0, T)
        .SetRegistry(RegistryFact::kImplementing, -1, F);
  }

  Truth TruthOf(std::string_view text, const TestRow& row) {
    const auto parsed = Expression::Parse(text);
    EXPECT_TRUE(parsed.ok()) << text << ": " << parsed.status();
    if (!parsed.ok()) return U;
    const auto checked = Check(*parsed, schema_, ExpectedResult::kTruth);
    EXPECT_TRUE(checked.ok()) << text << ": " << checked.status();
    return checked.ok() ? checked->EvaluateTruth(row) : U;
  }

  Value ValueOf(std::string_view text, const TestRow& row) {
    const auto parsed = Expression::Parse(text);
    EXPECT_TRUE(parsed.ok()) << text << ": " << parsed.status();
    const auto checked = Check(*parsed, schema_);
    EXPECT_TRUE(checked.ok()) << text << ": " << checked.status();
    return checked->Evaluate(row);
  }

  TestSchema schema_;
  TestRow full_;
  TestRow empty_;
};

class ComparedValues : public ExpressionTruth {
 protected:
  // The numbers and texts, or `none`.
  std::vector<std::string> Of(std::string_view text) {
    schema_.set_current("n");
    const auto checked =
        Check(*Expression::Parse(text), schema_, ExpectedResult::kTruth);
    EXPECT_TRUE(checked.ok()) << text << ": " << checked.status();
    const auto values = checked->compared_values();
    if (!values) return {"none"};
    std::vector<std::string> written;
    for (const Value& value : *values) {
      written.push_back(value.text() != nullptr ? *value.text()
                                                : value.number()->ToString());
    }
    return written;
  }
};

TEST_F(ComparedValues, AreTheConstantsBesideItems) {
  EXPECT_EQ(Of("${n} > 5 and -3 < ${n} and . != 5"),
            (std::vector<std::string>{"5", "-3"}));
  EXPECT_EQ(Of("${n} >= 1 + 2 * 3"), std::vector<std::string>{"7"});
  EXPECT_EQ(Of("${note} = 'a' or ${note} != 'b'"),
            (std::vector<std::string>{"a", "b"}));
}

TEST_F(ComparedValues, LeaveOutWhatHasNoValue) {
  EXPECT_EQ(Of(". = 1 div 0"), std::vector<std::string>());
  EXPECT_EQ(Of("${n} = '' or true()"), std::vector<std::string>());
}

TEST_F(ComparedValues, AreNoneWhereNoFewNumbersStandForAll) {
  for (const std::string_view text :
       {"${n} > ${m}", "${n} + 1 > 2", "-${n} > 2", "${n} = survey_year()",
        "${n} div ${m} = ''", "if(${n} > 1, ${n}, 2) > 3",
        "${n} > coalesce(${m}, 1)", "${n} = count-selected(${x})"}) {
    EXPECT_EQ(Of(text), std::vector<std::string>{"none"}) << text;
  }
}

TEST_F(ExpressionTruth, HoldsForEveryConstructAnsweredAndUnanswered) {
  schema_.set_current("n");
  for (const TruthCase& row : {
           TruthCase{"true()", T, T},
           {"false()", F, F},
           {"not(true())", F, F},
           {"${plan} = 'formulated'", T, U},
           {"'formulated' = ${plan}", T, U},
           {"${plan} != 'formulated'", F, U},
           {"${plan} != 'none'", T, U},
           {"not(${plan} = 'none')", T, U},
           {"${plan} = \"none\"", F, U},
           {"${plan} = ${plan2}", F, U},
           {"${plan} != ${plan2}", T, U},
           {"${plan} = ''", F, T},
           {"'' = ${plan}", F, T},
           {"${plan} != ''", T, F},
           {"${x} = ''", F, T},
           {"${n} = ''", F, T},
           {"${note} = ''", F, T},
           {"${day} != ''", T, F},
           {"${n} + ${m} = ''", F, T},
           {"not(${plan} = '')", T, F},
           {"selected(${x}, 'a')", T, U},
           {"selected(${x}, 'b')", F, U},
           {"not(selected(${x}, 'b'))", T, U},
           {"selected(${plan}, 'formulated')", T, U},
           {"selected(${plan}, 'none')", F, U},
           {"count-selected(${x}) = 2", T, U},
           {"count-selected(${plan}) = 1", T, U},
           {"${n} = 7", T, U},
           {"${n} != 7", F, U},
           {"${n} < 7.0", F, U},
           {"${n} <= 7.0", T, U},
           {"${n} > ${m}", T, U},
           {"${n} >= 8", F, U},
           {"${d} = 0.5", T, U},
           {"${n} + ${m} = 5", T, U},
           {"${n} - ${m} = 9", T, U},
           {"${n} * ${m} = -14", T, U},
           {"${n} div ${m} = -3.5", T, U},
           {"${n} mod ${m} = 1", T, U},
           {"${m} mod ${n} = -2", T, U},
           {"${n} div 3 * 3 = 7", T, U},
           {"${n} div 0 = 1", U, U},
           {"${n} mod 0 = 1", U, U},
           {"1 + 2 * 3 = 7", T, T},
           {"(1 + 2) * 3 = 9", T, T},
           {"10 - 3 - 2 = 5", T, T},
           {"10 div 2 div 5 = 1", T, T},
           {"-2 * -3 = 6", T, T},
           {"- -2 = 2", T, T},
           {"0.1 + 0.2 = 0.3", T, T},
           {"999999999999999999 * 999999999999999999 > 0", U, U},
           {"${table/row} = 0", T, U},
           {"${note} = 'free text'", T, U},
           {"${note} != 'other'", T, U},
           {"${day} = date('2025-06-16')", T, U},
           {"${day} < date('2025-07-11')", T, U},
           {"${day} >= date('2025-07-11')", F, U},
           {"registry('implementing', 0)", T, U},
           {"registry('implementing', -1)", F, U},
           {"registry('preparation', 0)", U, U},
           {"not(registry('preparation', 0))", U, U},
           {"registry('implementing', 0) = true()", T, U},
           {"registry('implementing', 0) != registry('implementing', -1)", T,
            U},
           {"registry('implementing', 0) and ${plan} = 'formulated'", T, U},
           {"false() and ${plan} = 'formulated'", F, F},
           {"${plan} = 'formulated' and false()", F, F},
           {"true() or ${plan} = 'formulated'", T, T},
           {"${plan} = 'formulated' or true()", T, T},
           {"${plan} = 'formulated' or false()", T, U},
           {"true() or true() and false()", T, T},
           {"(true() or true()) and false()", F, F},
           {"if(${plan} = 'formulated', ${n} = 7, true())", T, U},
           {"if(${plan} = '', true(), ${n} = 7)", T, T},
           {"if(${plan} = 'formulated', ${n}, 1) = 7", T, U},
           {"if(${plan} = '', 1, ${n}) = 7", T, F},
           {"if(true(), ${plan}, 'none') = 'formulated'", T, U},
           {"if(true(), ${n}, '') = ''", F, T},
           {"if(true(), 'a', 'b') = 'a'", T, T},
           {"coalesce(${n}, 0) = 7", T, F},
           {"coalesce(${n}, 0) = 0", F, T},
           {"coalesce(${plan}, ${plan2}) = 'formulated'", T, U},
           {"coalesce(${plan}, 'none') = 'none'", F, T},
           {"coalesce(registry('implementing', 0), false())", T, F},
           {"coalesce(${note}, 'none') = 'none'", F, T},
           {"coalesce(${day}, date('2025-01-01')) < date('2025-02-01')", F, T},
           {". >= 0", T, U},
           {". = ''", F, T},
           {". <= survey_year()", T, U},
           {"survey_year() = 2025", T, T},
           {"  ${n}=7\n\tand${n}>0 ", T, U},
           {"'' = ''", T, T},
           {"'a' != ''", T, T},
       }) {
    EXPECT_EQ(ToString(TruthOf(row.text, full_)), ToString(row.answered))
        << row.text << ", answered";
    EXPECT_EQ(ToString(TruthOf(row.text, empty_)), ToString(row.unanswered))
        << row.text << ", unanswered";
  }
}

TEST_F(ExpressionTruth, YieldsExactValues) {
  EXPECT_EQ(ValueOf("${n} div 3", full_), Value::Of(*Rational::Make(7, 3)));
  EXPECT_EQ(ValueOf("${n} div 3", empty_), Value::Missing());
  EXPECT_EQ(ValueOf("'text'", empty_), Value::OfText("text"));
  EXPECT_EQ(ValueOf("${plan}", full_), Value::OfOption(0));
  EXPECT_EQ(ValueOf("${plan} = 'none'", empty_), Value::Of(U));
  EXPECT_EQ(ValueOf("if(${plan} = 'none', ${n}, ${m})", empty_),
            Value::Missing());
}

TEST_F(ExpressionTruth, ListsWhatItReads) {
  const auto checked = Check(
      *Expression::Parse("(${n} > 0 or ${n} < ${m}) and ${plan} = 'none' and "
                         "registry('preparation', 0) and "
                         "registry('implementing', -1) and "
                         "registry('implementing', -1)"),
      schema_, ExpectedResult::kTruth);
  ASSERT_TRUE(checked.ok()) << checked.status();
  std::vector<std::size_t> items = {schema_.Find("n")->index,
                                    schema_.Find("m")->index,
                                    schema_.Find("plan")->index};
  std::ranges::sort(items);
  EXPECT_EQ(checked->items(), items);
  EXPECT_THAT(checked->registry(),
              ElementsAre(RegistryReference{RegistryFact::kImplementing, -1},
                          RegistryReference{RegistryFact::kPreparation, 0}));
  EXPECT_TRUE(checked->yields_truth());
  EXPECT_FALSE(checked->yields_number());
}

TEST(ExpressionParse, SaysWhereAndWhyItCannotRead) {
  struct Row {
    std::string text;
    std::string_view place;
    std::string_view reason;
  };
  for (const Row& row : {
           Row{"", "column 1", "EMPTY"},
           {"   ", "column 4", "EMPTY"},
           {std::string(8193, ' '), "column 1", "TOO_LONG"},
           {std::string(65, '(') + "1" + std::string(65, ')'), "column 65",
            "TOO_DEEP"},
           {std::string(100, '-') + "1", "column 65", "TOO_DEEP"},
           {"'\xff'", "column 2", "NOT_UTF8"},
           {"${n} ＝ 1", "column 6", "UNEXPECTED_CHARACTER"},
           {"'日本' ; 1", "column 6", "UNEXPECTED_CHARACTER"},
           {"${n} == 1", "column 6", "UNEXPECTED_CHARACTER"},
           {"${plan} = 'formulated", "column 11", "UNTERMINATED_STRING"},
           {"1 + ${n", "column 5", "UNTERMINATED_REFERENCE"},
           {"${}", "column 1", "BAD_REFERENCE"},
           {"${a b}", "column 1", "BAD_REFERENCE"},
           {"${a/b/c}", "column 1", "BAD_REFERENCE"},
           {"$n", "column 1", "BAD_REFERENCE"},
           {"1234567890123456789", "column 1", "BAD_NUMBER"},
           {"1.", "column 1", "BAD_NUMBER"},
           {"12abc", "column 1", "BAD_NUMBER"},
           {"1 2", "column 3", "UNEXPECTED_TOKEN"},
           {"1 +", "column 4", "UNEXPECTED_TOKEN"},
           {"(1", "column 3", "UNEXPECTED_TOKEN"},
           {"1)", "column 2", "UNEXPECTED_TOKEN"},
           {"${n} < 1 < 2", "column 10", "UNEXPECTED_TOKEN"},
           {"plan = 'a'", "column 1", "UNEXPECTED_TOKEN"},
           {"true", "column 5", "UNEXPECTED_TOKEN"},
           {"not ${n}", "column 5", "UNEXPECTED_TOKEN"},
           {"and 1", "column 1", "UNEXPECTED_TOKEN"},
           {"selected(${x} 'a')", "column 15", "UNEXPECTED_TOKEN"},
           {"1 + regex(${n}, 'a')", "column 5", "UNKNOWN_FUNCTION"},
           {"selected(${x})", "column 1", "ARGUMENT_COUNT"},
           {"true(1)", "column 1", "ARGUMENT_COUNT"},
       }) {
    const auto parsed = Expression::Parse(row.text);
    ASSERT_FALSE(parsed.ok()) << row.text;
    EXPECT_EQ(ReasonOf(parsed.status()), "EXPRESSION_SYNTAX") << row.text;
    const auto details = GetErrorDetails(parsed.status());
    ASSERT_EQ(details->violations.size(), 1U) << row.text;
    EXPECT_EQ(details->violations[0].field, row.place) << row.text;
    EXPECT_EQ(details->violations[0].reason, row.reason) << row.text;
  }
}

TEST(ExpressionParse, PrintsWhatItUnderstood) {
  for (const auto& [text, printed] :
       {std::pair<std::string_view, std::string_view>{
            "${a} = 'x' and 1 + 2 * 3 > 4 or not(false())",
            "(((${a} = 'x') and ((1 + (2 * 3)) > 4)) or not(false()))"},
        {"1 - 2 - 3", "(1 - 2 - 3)"},
        {"- ${n} * 2", "(-${n} * 2)"},
        {"\"it's\"", "\"it's\""},
        {"registry( 'implementing' , -1 )", "registry('implementing', -1)"},
        {". >= 0.50", "(. >= 0.50)"}}) {
    const auto parsed = Expression::Parse(text);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.status();
    EXPECT_EQ(parsed->ToString(), printed);
    EXPECT_EQ(parsed->text(), text);
    EXPECT_EQ(Expression::Parse(printed)->ToString(), printed);
  }
}

TEST(ExpressionParse, TakesAChainOfAThousandOperands) {
  std::string text = "1";
  for (int i = 0; i < 1000; ++i) text += " + 1";
  const auto parsed = Expression::Parse(text);
  ASSERT_TRUE(parsed.ok());
  const TestSchema schema;
  const auto checked = Check(*parsed, schema, ExpectedResult::kNumber);
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->Evaluate(TestRow(schema)), Value::Of(Rational(1001)));
}

struct TypeCase {
  std::string_view text;
  std::vector<std::pair<std::string_view, std::string_view>> violations;
  ExpectedResult expected = ExpectedResult::kTruth;
};

TEST(ExpressionCheck, ReportsEveryViolationWithItsPlace) {
  const TestSchema schema;
  for (const TypeCase& row : std::vector<TypeCase>{
           {"${nowhere} = 1", {{"column 1", "ITEM_UNKNOWN"}}},
           {". = 1", {{"column 1", "CURRENT_ITEM"}}},
           {"${plan} = 'formulate'", {{"column 11", "OPTION_UNKNOWN"}}},
           {"selected(${x}, 'd')", {{"column 16", "OPTION_UNKNOWN"}}},
           {"${plan} = ${other}", {{"column 9", "OPTION_LISTS_DIFFER"}}},
           {"'10' = 10", {{"column 6", "TYPE_MISMATCH"}}},
           {"${n} = '10'", {{"column 6", "TYPE_MISMATCH"}}},
           {"${x} = 'a'", {{"column 6", "TYPE_MISMATCH"}}},
           {"${x} = ${x}", {{"column 6", "TYPE_MISMATCH"}}},
           {"${plan} < 'none'", {{"column 9", "TYPE_MISMATCH"}}},
           {"${n} < ''", {{"column 6", "TYPE_MISMATCH"}}},
           {"true() = ''", {{"column 8", "TYPE_MISMATCH"}}},
           {"${day} > '2025-06-16'", {{"column 8", "TYPE_MISMATCH"}}},
           {"${note} > 'a'", {{"column 9", "TYPE_MISMATCH"}}},
           {"true() > false()", {{"column 8", "TYPE_MISMATCH"}}},
           {"${plan}", {{"column 1", "RESULT_TYPE"}}},
           {"${n} + 1", {{"column 1", "RESULT_TYPE"}}},
           {"true()", {{"column 1", "RESULT_TYPE"}}, ExpectedResult::kNumber},
           {"${n} and true()", {{"column 1", "OPERAND_TYPE"}}},
           {"not('a')", {{"column 5", "OPERAND_TYPE"}}},
           {"-'1' = 1", {{"column 2", "OPERAND_TYPE"}}},
           {"${plan} + 1 = 2", {{"column 1", "OPERAND_TYPE"}}},
           {"selected(${n}, 'a')", {{"column 10", "OPERAND_TYPE"}}},
           {"selected('a', 'a')", {{"column 10", "OPERAND_TYPE"}}},
           {"selected(${x}, 1)", {{"column 16", "OPERAND_TYPE"}}},
           {"count-selected(${n}) = 1", {{"column 16", "OPERAND_TYPE"}}},
           {"registry('started', 0)", {{"column 10", "REGISTRY_FACT"}}},
           {"registry('implementing', ${n})",
            {{"column 26", "REGISTRY_OFFSET"}}},
           {"registry('implementing', 0.5)",
            {{"column 26", "REGISTRY_OFFSET"}}},
           {"registry('implementing', 51)", {{"column 26", "REGISTRY_OFFSET"}}},
           {"${day} = date('2025-02-29')", {{"column 15", "DATE_INVALID"}}},
           {"${day} = date(1)", {{"column 15", "DATE_INVALID"}}},
           {"if(${n}, 1, 2) = 1", {{"column 4", "OPERAND_TYPE"}}},
           {"if(true(), 1, 'a') = 1", {{"column 1", "TYPE_MISMATCH"}}},
           {"coalesce(${plan}, 'x') = 'none'",
            {{"column 19", "OPTION_UNKNOWN"}}},
           {"coalesce(${plan}, ${other}) = 'none'",
            {{"column 1", "OPTION_LISTS_DIFFER"}}},
           {"${a} = 1 and ${plan} = 'zzz' or registry('x', 'y') and '1' = 1",
            {{"column 1", "ITEM_UNKNOWN"},
             {"column 24", "OPTION_UNKNOWN"},
             {"column 42", "REGISTRY_FACT"},
             {"column 47", "REGISTRY_OFFSET"},
             {"column 60", "TYPE_MISMATCH"}}},
       }) {
    const auto parsed = Expression::Parse(row.text);
    ASSERT_TRUE(parsed.ok()) << row.text << ": " << parsed.status();
    const auto checked = Check(*parsed, schema, row.expected);
    ASSERT_FALSE(checked.ok()) << row.text;
    EXPECT_EQ(ReasonOf(checked.status()), "EXPRESSION_TYPE");
    std::vector<std::pair<std::string_view, std::string_view>> given;
    const auto details = GetErrorDetails(checked.status());
    for (const Violation& violation : details->violations) {
      given.emplace_back(violation.field, violation.reason);
    }
    EXPECT_EQ(given, row.violations) << row.text;
  }
}

TEST(ParseItemValue, ReadsEachKindOfItem) {
  const ItemType single{ItemKind::kSingle, {"a", "b"}};
  const ItemType multiple{ItemKind::kMultiple, {"a", "b", "c"}};
  EXPECT_EQ(*ParseItemValue(single, "b"), Value::OfOption(1));
  EXPECT_EQ(*ParseItemValue(multiple, "c a"), Value::OfOptions(OptionSet(5)));
  EXPECT_EQ(*ParseItemValue({ItemKind::kInteger, {}}, "0"),
            Value::Of(Rational(0)));
  EXPECT_EQ(*ParseItemValue({ItemKind::kDecimal, {}}, "1.50"),
            Value::Of(*Rational::Make(3, 2)));
  EXPECT_TRUE(ParseItemValue(multiple, "")->missing());
  const auto reason = [](const ItemType& type, std::string_view text) {
    return ReasonOf(ParseItemValue(type, text).status());
  };
  EXPECT_EQ(reason(single, "c"), "OPTION_UNKNOWN");
  EXPECT_EQ(reason(single, "a b"), "OPTION_UNKNOWN");
  EXPECT_EQ(reason(multiple, "a  b"), "OPTION_UNKNOWN");
  EXPECT_EQ(reason(multiple, "a b "), "OPTION_UNKNOWN");
  EXPECT_EQ(reason(multiple, "a b a"), "OPTION_REPEATED");
  EXPECT_EQ(reason({ItemKind::kInteger, {}}, "1.0"), "INTEGER_EXPECTED");
  EXPECT_EQ(reason({ItemKind::kInteger, {}}, "１"), "NUMBER_FORMAT");
  EXPECT_EQ(reason({ItemKind::kDate, {}}, "2025-13-01"), "DATE_INVALID");
}

}  // namespace
}  // namespace welfare::base
