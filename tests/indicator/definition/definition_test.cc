#include "services/indicator/definition/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "services/indicator/definition/bound_truth.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using testing::TestDefinitions;
using testing::TestQuestionnaire;

// A valid set of one COUNT.
DefinitionSet OneCount() {
  DefinitionSet set;
  set.populations = {{"all", 1, base::RespondentKind::kMunicipality,
                      "registry('implementing', 0)", "全自治体"}};
  Definition count;
  count.id = "planned";
  count.label = "計画";
  count.population = "all";
  CellDefinition cell;
  cell.key = "made";
  cell.condition = "${plan} = 'formulated'";
  count.cells = {cell};
  set.definitions = {count};
  return set;
}

TEST(Definitions, AValidSetHasNoViolations) {
  EXPECT_THAT(OneCount().Validate(), ::testing::IsEmpty());
  EXPECT_THAT(TestDefinitions().Validate(), ::testing::IsEmpty());
}

TEST(Definitions, WhatIsWrongIsNamed) {
  struct Case {
    std::string reason;
    std::function<void(DefinitionSet&)> breaks;
  };
  for (const Case& c : std::vector<Case>{
           {"ID", [](auto& set) { set.definitions[0].id = "Plan A"; }},
           {"ID_REPEATED",
            [](auto& set) {
              set.definitions.push_back(set.definitions.front());
            }},
           {"VERSION", [](auto& set) { set.definitions[0].version = 0; }},
           {"POPULATION",
            [](auto& set) { set.definitions[0].population = "none"; }},
           {"ITEM", [](auto& set) { set.definitions[0].item = "plan"; }},
           {"CELLS", [](auto& set) { set.definitions[0].cells.clear(); }},
           {"LABEL", [](auto& set) { set.definitions[0].label.clear(); }},
           {"RANKS", [](auto& set) { set.definitions[0].ranks = 21; }},
           {"FROM_YEAR", [](auto& set) { set.definitions[0].from_year = 1; }},
           {"CELL_KEY",
            [](auto& set) { set.definitions[0].cells[0].key = "a b"; }},
           {"CELL_REPEATED",
            [](auto& set) {
              auto& cells = set.definitions[0].cells;
              cells.push_back(cells.front());
            }},
           {"CELL_CONDITION",
            [](auto& set) {
              set.definitions[0].cells[0].absence = base::Absence::kUnknown;
              set.definitions[0].cells[0].items = {"plan"};
            }},
           {"CELL_ITEMS",
            [](auto& set) { set.definitions[0].cells[0].items = {"plan"}; }},
           {"EXPRESSION",
            [](auto& set) { set.populations[0].predicate = "${"; }},
           {"CLASS_RANGE",
            [](auto& set) {
              set.definitions[0].classes = {{5, 1}};
            }},
           {"CLASS_ORDER", [](auto& set) {
              set.definitions[0].classes = {{1, 5}, {5, 9}};
            }}}) {
    DefinitionSet set = OneCount();
    c.breaks(set);
    EXPECT_THAT(set.Validate(), ::testing::Contains(::testing::Field(
                                    &base::Violation::reason, c.reason)));
  }
}

TEST(Definitions, AClassIsNamedByItsEnds) {
  EXPECT_EQ((HistogramClass{0, 0}.Key()), "0");
  EXPECT_EQ((HistogramClass{1, 5}.Key()), "1_to_5");
  EXPECT_EQ((HistogramClass{21, std::nullopt}.Key()), "21_or_more");
  EXPECT_EQ((HistogramClass{1, 5}.Label()), "1～5");
  EXPECT_EQ((HistogramClass{21, std::nullopt}.Label()), "21以上");
}

TEST(Definitions, NamesOfFactsAreReadBack) {
  EXPECT_EQ(FindSeriesFact("newcomer"), SeriesFact::kNewcomer);
  EXPECT_EQ(FindSeriesFact(""), std::nullopt);
}

// One indicator for each item and kind of respondent, unless a file has it.
TEST(Definitions, TheQuestionnaireGivesTheOrder) {
  const auto questionnaire = TestQuestionnaire();
  const std::vector<Definition> all =
      OneCount().ForQuestionnaire(*questionnaire);
  const auto place_of = [&all](std::string_view id) {
    return std::ranges::find(all, id, &Definition::id) - all.begin();
  };
  EXPECT_EQ(all[0].id, "plan");
  EXPECT_EQ(all[1].id, "planned");  // after the item that it reads
  EXPECT_EQ(all[0].measure, Measure::kDistribution);
  EXPECT_EQ(all[static_cast<std::size_t>(place_of("contacts"))].measure,
            Measure::kSum);
  EXPECT_EQ(all[static_cast<std::size_t>(place_of("start_fy"))].measure,
            Measure::kHistogram);
  EXPECT_LT(place_of("operation"), place_of("contacts"));
}

TEST(Definitions, NewcomersNeedTheYearBefore) {
  DefinitionSet set;
  EXPECT_EQ(set.FirstRegistryYear(), 0);
  Definition series;
  series.measure = Measure::kRegistrySeries;
  series.fact = SeriesFact::kNewcomer;
  series.from_year = 2023;
  set.definitions = {series};
  EXPECT_EQ(set.FirstRegistryYear(), 2022);
  set.first_program_year = 2023;
  EXPECT_EQ(set.FirstRegistryYear(), 2023);
}

TEST(Definitions, TheTextChangesWithWhatIsComputed) {
  DefinitionSet set = OneCount();
  const std::string before =
      CanonicalText(set.definitions[0], set.populations[0]);
  set.definitions[0].cells[0].within = "${plan} = 'none'";
  EXPECT_NE(CanonicalText(set.definitions[0], set.populations[0]), before);
  set = OneCount();
  set.populations[0].predicate = "registry('implementing', -1)";
  EXPECT_NE(CanonicalText(set.definitions[0], set.populations[0]), before);
}

TEST(Definitions, AConditionIsSaidInOneLine) {
  const DefinitionSet set = OneCount();
  EXPECT_EQ(set.definitions[0].Condition(), "${plan} = 'formulated'");
  EXPECT_THAT(set.definitions[0].NamedItems(), ::testing::ElementsAre("plan"));
}

TEST(BindTruth, SaysWhereAnExpressionDoesNotFit) {
  const auto questionnaire = TestQuestionnaire();
  std::vector<base::Violation> violations;
  const auto fits = BindTruth("${plan} = 'formulated'", *questionnaire,
                              "indicators.a", violations);
  ASSERT_TRUE(fits.has_value());
  EXPECT_EQ(fits->items().size(), 1U);
  EXPECT_THAT(violations, ::testing::IsEmpty());
  EXPECT_FALSE(
      BindTruth("${gone} = 'x'", *questionnaire, "indicators.b", violations)
          .has_value());
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].field, "indicators.b");
  EXPECT_EQ(violations[0].reason, "ITEM_UNKNOWN");
  EXPECT_THAT(violations[0].description,
              ::testing::HasSubstr("of `${gone} = 'x'`"));
}

}  // namespace
}  // namespace welfare::indicator
