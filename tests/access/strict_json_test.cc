#include "services/access/strict_json.h"

#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"
#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

TEST(StrictJson, ReadsEveryKindOfValue) {
  const auto value = ReadStrictJson(
      "\t{\"a\": [1, -2, 1.5, 1e2, true, null], \"\\u0062\": {\"c\": "
      "\"東\"}}\n");
  ASSERT_OK(value);
  ASSERT_EQ(value->kind, JsonValue::Kind::kObject);
  const JsonValue* list = value->Find("a");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->elements.size(), 6U);
  EXPECT_EQ(list->elements[1].integer, -2);
  EXPECT_EQ(list->elements[2].kind, JsonValue::Kind::kNumber);
  EXPECT_EQ(list->elements[3].kind, JsonValue::Kind::kNumber);
  EXPECT_EQ(list->elements[4].kind, JsonValue::Kind::kBoolean);
  EXPECT_EQ(list->elements[5].kind, JsonValue::Kind::kNull);
  ASSERT_NE(value->Find("b"), nullptr);
  EXPECT_EQ(*value->Find("b")->Find("c")->Text(), "東");
  EXPECT_EQ(value->Find("c"), nullptr);
  EXPECT_EQ(list->Text(), nullptr);
}

TEST(StrictJson, RefusesWhatIsNoJson) {
  for (const std::string& text : {
           std::string(),
           std::string(" "),
           std::string("{"),
           std::string("{}{}"),
           std::string("{} x"),
           std::string("{'a':1}"),
           std::string("{a:1}"),
           std::string("{\"a\":1,}"),
           std::string("[1,]"),
           std::string("[01]"),
           std::string("[+1]"),
           std::string("[.5]"),
           std::string("[NaN]"),
           std::string("[99999999999999999999999]"),
           std::string("[\"\t\"]"),
           std::string("[\"\\x\"]"),
           std::string("[\"\\ud800\"]"),
           std::string("[\"\\udc00\"]"),
           std::string("{\"\\udfff\":1}"),
           std::string("[\"\xC0\xAF\"]"),
           std::string("\xEF\xBB\xBF{}"),
           std::string("{}\0", 3),
           std::string("/**/{}"),
           std::string(17, '[') + "1" + std::string(17, ']'),
           std::string(100'000, '['),
           "[" + std::string(200'000, '1') + "]",
       }) {
    EXPECT_STATUS(ReadStrictJson(text), absl::StatusCode::kInvalidArgument,
                  "JSON_SYNTAX");
  }
  EXPECT_OK(ReadStrictJson(std::string(16, '[') + "1" + std::string(16, ']')));
  std::string many = "[0";
  for (std::size_t i = 0; i < kMaxJsonValues; ++i) many += ",0";
  EXPECT_STATUS(ReadStrictJson(many + "]"), absl::StatusCode::kInvalidArgument,
                "JSON_SYNTAX");
}

TEST(StrictJson, RefusesAMemberThatStandsTwice) {
  for (const std::string text :
       {R"({"a":1,"a":1})", R"({"a":1,"b":2,"\u0061":3})",
        R"([{"x":{"a":1,"a":null}}])", R"({"":1,"":2})"}) {
    EXPECT_STATUS(ReadStrictJson(text), absl::StatusCode::kInvalidArgument,
                  "JSON_MEMBER_REPEATED");
  }
  EXPECT_OK(ReadStrictJson(R"({"a":{"a":{"a":1}},"A":2})"));
}

}  // namespace
}  // namespace welfare::access
