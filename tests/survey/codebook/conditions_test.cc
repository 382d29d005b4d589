#include "services/survey/codebook/conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/survey/codebook/codebook.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FindCycles, TellsWhoReachesItself) {
  // 0 -> 1 -> 2 -> 1; 3 -> 3; 4 -> 0.
  EXPECT_THAT(FindCycles({{1}, {2}, {1}, {3}, {0}}),
              ElementsAre(false, true, true, true, false));
}

TEST(FindCycles, WalksALongChainWithoutRecursion) {
  std::vector<std::vector<std::size_t>> edges(200'000);
  for (std::size_t i = 1; i < edges.size(); ++i) edges[i] = {i - 1};
  const std::vector<bool> before = FindCycles(edges);
  EXPECT_THAT(std::count(before.begin(), before.end(), true), 0);
  edges[0] = {edges.size() - 1};
  const std::vector<bool> after = FindCycles(edges);
  EXPECT_THAT(std::count(after.begin(), after.end(), false), 0);
}

// Items whose conditions read the two before, and never come true when `and`ed
// with what contradicts them.
std::vector<Item> Chain(std::size_t length) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < length; ++i) {
    Item item = sample::MakeItem("q" + std::to_string(i), AnswerType::kSingle);
    item.options = sample::Options({"yes", "no"});
    item.line = static_cast<int>(i) + 2;
    if (i >= 2) {
      item.relevant = "${q" + std::to_string(i - 1) + "} = 'yes' or ${q" +
                      std::to_string(i - 2) + "} = 'yes'";
    }
    items.push_back(std::move(item));
  }
  return items;
}

TEST(Codebook, TakesLongChainsOfConditions) {
  for (const std::size_t length : {70U, 1000U}) {
    const CodebookCheck check = Codebook::Check("Chain", Chain(length));
    EXPECT_THAT(check.problems, IsEmpty());
    ASSERT_NE(check.codebook, nullptr);
    EXPECT_EQ(check.codebook->size(), length);
  }
}

TEST(Codebook, EndsWhenNobodyWantsItAnyMore) {
  int asked = 0;
  const CodebookCheck check =
      Codebook::Check("Chain", Chain(1000), {}, [&]() -> absl::Status {
        return ++asked < 20 ? absl::OkStatus() : absl::CancelledError("gone");
      });
  EXPECT_EQ(check.codebook, nullptr);
  EXPECT_THAT(check.problems, IsEmpty());
  EXPECT_TRUE(absl::IsCancelled(check.called_off));
  EXPECT_EQ(asked, 20);
}

// Whether some answers make a condition true that reads the items yn (yes, no),
// n and m (numbers), t (a text); `.` is n.
class Probe : public testing::Test {
 protected:
  bool CanBeTrue(const std::string& text,
                 std::optional<std::size_t> answered = std::nullopt) {
    const auto parsed = base::Expression::Parse(text);
    EXPECT_TRUE(parsed.ok()) << text << parsed.status();
    const auto checked = base::Check(*parsed, Schema());
    EXPECT_TRUE(checked.ok()) << text << checked.status();
    ConditionProbe probe(items_, none_, ConditionProbe::Answers::kAll);
    return *probe.CanBeTrue(*checked, answered);
  }

  class Schema final : public base::ExpressionSchema {
   public:
    std::optional<Item> Find(std::string_view id) const override {
      if (id == "yn") return Item{0, &yes_no_};
      if (id == "n") return Item{1, &number_};
      if (id == "m") return Item{2, &number_};
      if (id == "t") return Item{3, &text_};
      return std::nullopt;
    }
    std::optional<Item> Current() const override { return Find("n"); }

   private:
    base::ItemType yes_no_{base::ItemKind::kSingle, {"yes", "no"}};
    base::ItemType number_{base::ItemKind::kInteger, {}};
    base::ItemType text_{base::ItemKind::kText, {}};
  };

  Probe() {
    for (const auto& [id, type] : {std::pair("yn", AnswerType::kSingle),
                                   std::pair("n", AnswerType::kInteger),
                                   std::pair("m", AnswerType::kInteger),
                                   std::pair("t", AnswerType::kText)}) {
      items_.push_back(sample::MakeItem(id, type));
    }
    items_[0].options = sample::Options({"yes", "no"});
  }

  std::vector<Item> items_;
  Interruption none_;
};

TEST_F(Probe, FindsNumbersBetweenAndBeyondConstants) {
  for (const char* text :
       {"${n} > 5 and ${n} < 7", "${n} > 5", "${n} < -5", "${n} != 0",
        "${n} > 5 or ${n} < 3", "${n} >= 5 and ${n} <= 5",
        "${n} > 2.5 and ${n} < 3.5", "${n} = '' or ${n} > 5"}) {
    EXPECT_TRUE(CanBeTrue(text)) << text;
  }
}

TEST_F(Probe, KnowsThatNoNumberFits) {
  for (const char* text :
       {"${n} > 5 and ${n} < 3", "${n} > 5 and ${n} < 6", "${n} = 1 div 0",
        "${n} = 1 and ${n} = 2", "${n} > 2.1 and ${n} < 2.9",
        "${yn} = 'yes' and ${n} > 5 and ${n} < 3"}) {
    EXPECT_FALSE(CanBeTrue(text)) << text;
  }
}

TEST_F(Probe, TriesTheYearsThatARoundMayHave) {
  for (const char* text :
       {"survey_year() >= 2025", "survey_year() = 2031", "survey_year() < 2000",
        "survey_year() > 1999", "survey_year() mod 4 = 3",
        "${yn} = 'yes' and survey_year() > 2026 and survey_year() < 2028"}) {
    EXPECT_TRUE(CanBeTrue(text)) << text;
  }
  for (const char* text : {"survey_year() < 1900", "survey_year() > 2999",
                           "survey_year() > 2026 and survey_year() < 2027",
                           "${yn} = 'yes' and survey_year() = 202"}) {
    EXPECT_FALSE(CanBeTrue(text)) << text;
  }
}

TEST_F(Probe, BelievesWhatFewNumbersCannotTell) {
  EXPECT_TRUE(CanBeTrue("${n} > ${m} and ${n} < ${m}"));
  EXPECT_TRUE(CanBeTrue("${n} + 1 < ${n}"));
}

TEST_F(Probe, TriesTexts) {
  EXPECT_TRUE(CanBeTrue("${t} = 'a'"));
  EXPECT_TRUE(CanBeTrue("${t} != 'a' and ${t} != 'b'"));
  EXPECT_FALSE(CanBeTrue("${t} = 'a' and ${t} = 'b'"));
}

TEST_F(Probe, AsksForAValueWhereOneIsAnswered) {
  EXPECT_TRUE(CanBeTrue("${yn} = ''"));
  EXPECT_FALSE(CanBeTrue("${yn} = ''", 0));
  EXPECT_FALSE(CanBeTrue("${yn} = 'yes' and ${yn} = 'no'", 0));
}

// Two items of a section inside another, after a gate.
struct Grouped {
  std::vector<Item> items;
  std::vector<Section> sections;
};

Grouped MakeGrouped(const std::string& outer, const std::string& inner) {
  Grouped grouped;
  grouped.sections = {
      {.id = "outer", .label = "O", .relevant = outer, .line = 3},
      {.id = "inner", .label = "I", .relevant = inner, .parent = 0, .line = 4}};
  for (const char* id : {"gate", "first", "second"}) {
    Item item = sample::MakeItem(id, AnswerType::kSingle);
    item.options = sample::Options({"yes", "no"});
    item.line = static_cast<int>(grouped.items.size()) * 4 + 2;
    if (!grouped.items.empty()) item.group = 1;
    grouped.items.push_back(std::move(item));
  }
  return grouped;
}

TEST(Sections, ConditionsHoldForAllInThem) {
  Grouped grouped = MakeGrouped("${gate} = 'yes'", "survey_year() > 1999");
  grouped.items[2].relevant = "${first} = 'no'";
  const CodebookCheck check = Codebook::Check("T", std::move(grouped.items),
                                              std::move(grouped.sections));
  EXPECT_THAT(check.problems, IsEmpty());
  ASSERT_NE(check.codebook, nullptr);
  EXPECT_EQ(check.codebook->relevant(0), nullptr);
  EXPECT_EQ(check.codebook->item(1).relevant,
            "(${gate} = 'yes') and (survey_year() > 1999)");
  ASSERT_NE(check.codebook->relevant(1), nullptr);
  EXPECT_THAT(check.codebook->relevant(1)->items(), ElementsAre(0));
  ASSERT_NE(check.codebook->relevant(2), nullptr);
  EXPECT_THAT(check.codebook->relevant(2)->items(), ElementsAre(0, 1));
}

TEST(Sections, AWrongConditionIsNamedOnceWhereItStands) {
  const auto problems = [](const std::string& outer, const std::string& inner) {
    Grouped grouped = MakeGrouped(outer, inner);
    return Codebook::Check("T", std::move(grouped.items),
                           std::move(grouped.sections))
        .problems;
  };
  const auto at = [](int line, const char* reason) {
    return AllOf(Field(&CodebookProblem::line, line),
                 Field(&CodebookProblem::column, "relevant"),
                 Field(&CodebookProblem::reason, reason));
  };
  EXPECT_THAT(problems("${gate} = ", ""),
              ElementsAre(at(3, "EXPRESSION_SYNTAX")));
  EXPECT_THAT(problems("", "${gate} = 'maybe'"),
              ElementsAre(at(4, "EXPRESSION_TYPE")));
  EXPECT_THAT(problems("", "${first} = 'yes'"),
              ElementsAre(at(4, "CONDITION_LATER")));
  EXPECT_THAT(problems("${gate} = 'yes'", "${gate} = 'no'"),
              ElementsAre(at(4, "UNREACHABLE")));
}

TEST(Sections, AConditionReadsOnlyWhatEverybodyInItIsAsked) {
  Grouped grouped = MakeGrouped("${gate} = 'yes'", "");
  grouped.items[2].respondents = sample::kCouncil;
  const CodebookCheck check = Codebook::Check("T", std::move(grouped.items),
                                              std::move(grouped.sections));
  EXPECT_THAT(check.problems,
              ElementsAre(AllOf(
                  Field(&CodebookProblem::line, 3),
                  Field(&CodebookProblem::reason, "CONDITION_OTHER_RESPONDENT"),
                  Field(&CodebookProblem::message, HasSubstr("gate")))));
}

}  // namespace
}  // namespace welfare::survey
