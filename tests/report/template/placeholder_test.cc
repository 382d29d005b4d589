#include "services/report/template/placeholder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace welfare::report {
namespace {

using Kind = Placeholder::Kind;

// The only part of a text that is one placeholder.
Placeholder One(const std::string& text) {
  const ParsedText parsed = ParseText(text);
  EXPECT_THAT(parsed.faults, ::testing::IsEmpty()) << text;
  EXPECT_EQ(parsed.parts.size(), 1U) << text;
  return parsed.parts.empty() ? Placeholder() : parsed.parts.front();
}

TEST(Placeholders, AreReadByTheirForm) {
  const Placeholder cell = One("{plan.formulated}");
  EXPECT_EQ(cell.kind, Kind::kCell);
  EXPECT_EQ(cell.indicator, "plan");
  EXPECT_EQ(cell.cell, "formulated");
  EXPECT_EQ(cell.part, "");
  EXPECT_EQ(One("{plan.formulated.count}").part, "count");
  EXPECT_EQ(One("{plan.n}").kind, Kind::kIndicator);
  EXPECT_EQ(One("{contacts.@NOT_COUNTED}").kind, Kind::kAbsence);
  EXPECT_EQ(One("{contacts.@NOT_COUNTED.percent}").part, "percent");
  EXPECT_EQ(One("{round.window}").kind, Kind::kContext);
  const Placeholder before = One("{prev.window.installed}");
  EXPECT_TRUE(before.previous);
  EXPECT_EQ(before.indicator, "window");
}

TEST(Placeholders, WordsForAShareStandBehindATilde) {
  const Placeholder worded = One("{plan.formulated~8割以上|7割以上}");
  EXPECT_EQ(worded.cell, "formulated");
  EXPECT_THAT(worded.wordings, ::testing::ElementsAre("8割以上", "7割以上"));
  EXPECT_FALSE(worded.StandsAlone());
  for (const char* wrong :
       {"{plan.formulated~}", "{plan.formulated~8割以上|}",
        "{plan.formulated.count~8割以上}", "{plan.n~8割以上}", "{year~8割以上}",
        "{plan.@UNKNOWN~8割以上}"}) {
    EXPECT_EQ(ParseText(wrong).faults.size(), 1U) << wrong;
  }
}

TEST(Placeholders, StandAmongTextsAndBraces) {
  const ParsedText parsed = ParseText("{{計}} {plan.n}自治体");
  ASSERT_EQ(parsed.parts.size(), 3U);
  EXPECT_EQ(parsed.parts[0].text, "{計} ");
  EXPECT_EQ(parsed.parts[1].source, "{plan.n}");
  EXPECT_EQ(parsed.parts[2].text, "自治体");
}

TEST(Placeholders, EveryFaultIsListed) {
  const ParsedText parsed =
      ParseText("{plan} } {plan.x.y} {plan.@GONE} {Plan.n} {plan.n");
  EXPECT_THAT(
      parsed.faults,
      ::testing::ElementsAre("{plan} is no placeholder.",
                             "A closing brace has no opening one.",
                             ::testing::HasSubstr("ends with an unknown part"),
                             "{plan.@GONE} names no kind of absence.",
                             "{Plan.n} is no placeholder.",
                             "An opening brace has no closing one."));
}

TEST(Placeholders, APhraseStandsAloneAndABareNumberDoesNot) {
  for (const char* text : {"{plan.formulated}", "{plan.formulated.label}",
                           "{plan.top}", "{plan.@UNKNOWN}", "{returns.all}"}) {
    EXPECT_TRUE(One(text).StandsAlone()) << text;
  }
  for (const char* text :
       {"{plan.formulated.count}", "{plan.n}", "{plan.answered}",
        "{plan.@UNKNOWN.count}", "{roster.newcomers}"}) {
    EXPECT_FALSE(One(text).StandsAlone()) << text;
  }
}

TEST(RawPlaceholders, AreWhatNobodyFilled) {
  const std::string text = "令和{ref_fy_ja}年度の{1}と${item.x}";
  const auto first = FindRawPlaceholder(text);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->name, "ref_fy_ja");
  const auto second = FindRawPlaceholder(text, first->at + first->size);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(text.substr(second->at, second->size), "${item.x}");
  EXPECT_FALSE(FindRawPlaceholder("括弧{ }だけ").has_value());
}

}  // namespace
}  // namespace welfare::report
