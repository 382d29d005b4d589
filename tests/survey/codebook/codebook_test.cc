#include "services/survey/codebook/codebook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(Codebook, TakesTheSample) {
  const CodebookCheck check = Codebook::Check("Sample", sample::Items());
  EXPECT_THAT(check.problems, IsEmpty());
  ASSERT_NE(check.codebook, nullptr);
  EXPECT_EQ(check.codebook->size(), 10U);
  EXPECT_EQ(check.codebook->pairs(), 11U);
  EXPECT_EQ(check.codebook->Find("count"), 5U);
  EXPECT_EQ(check.codebook->Find("nothing"), std::nullopt);
  EXPECT_THAT(check.codebook->registry_offsets(), ElementsAre(-1, 0));
}

struct Fault {
  std::string what;
  std::function<void(std::vector<Item>&)> spoil;
  std::string reason;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.what; }

class CodebookFaults : public ::testing::TestWithParam<Fault> {};

TEST_P(CodebookFaults, AreNamed) {
  std::vector<Item> items = sample::Items();
  GetParam().spoil(items);
  const CodebookCheck check = Codebook::Check("Sample", std::move(items));
  EXPECT_EQ(check.codebook, nullptr);
  EXPECT_THAT(check.problems,
              Contains(Field(&CodebookProblem::reason, GetParam().reason)))
      << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, CodebookFaults,
    ::testing::ValuesIn(std::vector<Fault>{
        {"no items", [](auto& items) { items.clear(); }, "SHEET_EMPTY"},
        {"an id twice", [](auto& items) { items[1].id = "plan"; },
         "NAME_DUPLICATE"},
        {"an id in capitals", [](auto& items) { items[1].id = "Start"; },
         "NAME_INVALID"},
        {"nobody asked", [](auto& items) { items[7].respondents.clear(); },
         "RESPONDENT_MISSING"},
        {"no label", [](auto& items) { items[0].label.clear(); },
         "LABEL_MISSING"},
        {"another placeholder", [](auto& items) { items[0].label = "{year}"; },
         "LABEL_PLACEHOLDER"},
        {"no options", [](auto& items) { items[0].options.clear(); },
         "LIST_EMPTY"},
        {"an option twice",
         [](auto& items) { items[0].options[1].code = "made"; },
         "OPTION_DUPLICATE"},
        {"an option with a space",
         [](auto& items) { items[0].options[1].code = "not made"; },
         "OPTION_INVALID"},
        {"65 options",
         [](auto& items) {
           for (int i = 0; i < 62; ++i) {
             items[3].options.push_back(
                 {.code = "o" + std::to_string(i), .label = "o"});
           }
         },
         "TOO_MANY_OPTIONS"},
        {"a computed absence offered",
         [](auto& items) {
           items[0].absences.push_back(base::Absence::kNotApplicable);
         },
         "ABSENCE_NOT_SENDABLE"},
        {"the year after next",
         [](auto& items) { items[0].reference_year_offset = 1; },
         "REFERENCE_YEAR_OFFSET"},
        {"a population with a year",
         [](auto& items) { items[0].population = "implementing_2025"; },
         "POPULATION_INVALID"},
        {"one population for two kinds",
         [](auto& items) { items[7].population = "all"; },
         "POPULATION_INVALID"},
        {"one population for two sets",
         [](auto& items) {
           items[0].population = "some";
           items[3].population = "some";
         },
         "POPULATION_CONTRADICTS"},
        {"a pair of an unknown code",
         [](auto& items) { items[0].pair_concept = "has_plan(done)"; },
         "PAIR_CONCEPT_INVALID"},
        {"a condition that does not parse",
         [](auto& items) { items[1].relevant = "${plan} = "; },
         "EXPRESSION_SYNTAX"},
        {"a condition on an unknown option",
         [](auto& items) { items[1].relevant = "${plan} = 'done'"; },
         "EXPRESSION_TYPE"},
        {"a condition on a number as text",
         [](auto& items) { items[3].relevant = "${start} = '10'"; },
         "EXPRESSION_TYPE"},
        {"a constraint on an unknown item",
         [](auto& items) { items[5].constraint = ". > ${nothing}"; },
         "EXPRESSION_TYPE"},
        {"a condition on a later question",
         [](auto& items) { items[0].relevant = "${start} > 2000"; },
         "CONDITION_LATER"},
        {"a condition on itself",
         [](auto& items) { items[0].relevant = "${plan} = 'made'"; },
         "CONDITION_CYCLE"},
        {"two conditions on each other",
         [](auto& items) { items[0].relevant = "${start} > 2000"; },
         "CONDITION_CYCLE"},
        {"a council's question on a municipality's answer",
         [](auto& items) { items[9].relevant = "${plan} = 'made'"; },
         "CONDITION_OTHER_RESPONDENT"},
        {"a condition that is never true",
         [](auto& items) {
           items[1].relevant = "${plan} = 'made' and ${plan} = 'none'";
         },
         "UNREACHABLE"},
        {"a condition on something never asked",
         [](auto& items) { items[0].relevant = "false()"; }, "UNREACHABLE"},
    }));

TEST(Codebook, NamesEveryProblemWithItsLine) {
  std::vector<Item> items = sample::Items();
  items[0].label.clear();
  items[3].options.clear();
  items[4].relevant = "true()";
  const CodebookCheck check = Codebook::Check("Sample", std::move(items));
  EXPECT_THAT(check.problems, ElementsAre(Field(&CodebookProblem::line, 2),
                                          Field(&CodebookProblem::line, 5)));
}

}  // namespace
}  // namespace welfare::survey
