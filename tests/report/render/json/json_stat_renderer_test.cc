// The report as JSON-stat: exact numbers, reasons where there are none. The
// toolkit of its makers reads it in json_stat_check.py.
#include "services/report/render/json/json_stat_renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string JsonOf(const Snapshot& snapshot) {
  const auto read = ReadTemplate("sample", SmallTemplateYaml());
  EXPECT_OK(read);
  return *JsonStatRenderer().Render(
      BuildReport(*read, snapshot, "0123456789abcdef"));
}

// The data set of a figure.
std::string SetOf(const std::string& json, const std::string& figure) {
  const std::size_t at = json.find("\"figure\":\"" + figure + "\"");
  EXPECT_NE(at, std::string::npos) << figure;
  const std::size_t begin = json.rfind("\n{", at);
  return json.substr(begin, json.find('\n', begin + 1) - begin);
}

TEST(JsonStat, ATableIsRowsByYearsByMeasures) {
  const std::string json = JsonOf(SmallSnapshot());
  EXPECT_THAT(json,
              StartsWith("{\"version\":\"2.0\",\"class\":\"collection\","));
  const std::string set = SetOf(json, "p03_plan");
  EXPECT_THAT(set,
              HasSubstr("\"id\":[\"option\",\"survey_year\",\"value_kind\"]"));
  EXPECT_THAT(set, HasSubstr("\"index\":[\"2025\",\"2024\"]"));
  EXPECT_THAT(set, HasSubstr("\"percent\":{\"label\":\"%\",\"decimals\":1}"));
  EXPECT_THAT(set, HasSubstr("\"value\":[2,50.0,1,33.3,"));
  EXPECT_THAT(set, HasSubstr("\"synthetic\":true"));
  EXPECT_THAT(set, HasSubstr("【架空データ】"));
}

TEST(JsonStat, WhatIsNoNumberSaysWhy) {
  const std::string json = JsonOf(SmallSnapshot());
  EXPECT_THAT(json, HasSubstr("LOWER_BOUND"));
  EXPECT_THAT(json, HasSubstr("NOT_APPLICABLE"));
  EXPECT_THAT(json, Not(HasSubstr("NaN")));
}

TEST(JsonStat, TextsAreEscaped) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.at("plan").cells[0].label = "\"a\\\n</script>\xFF";
  EXPECT_THAT(JsonOf(snapshot),
              HasSubstr("\\\"a\\\\\\n</script>\xEF\xBF\xBD"));
}

TEST(JsonStat, GivesEqualBytes) {
  EXPECT_TRUE(JsonOf(SmallSnapshot()) == JsonOf(SmallSnapshot()));
}

}  // namespace
}  // namespace welfare::report
