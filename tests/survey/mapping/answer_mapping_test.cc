#include "services/survey/mapping/answer_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/survey/files/mapping_yaml.h"
#include "services/survey/mapping/nearest.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr MappingId kId = 0x0123456789abcdef;

// `size` is counted in people; `plan` has labels of its own; `table` is one.
std::shared_ptr<const Codebook> NewCodebook() {
  std::vector<Item> items;
  Item plan = sample::MakeItem("plan", AnswerType::kSingle);
  plan.concept_id = "plan";
  plan.options = {{.code = "made", .label = "策定済み"},
                  {.code = "making", .label = "策定中"},
                  {.code = "none", .label = "未策定"}};
  items.push_back(plan);
  Item ways = sample::MakeItem("ways", AnswerType::kMultiple);
  ways.options = sample::Options({"visit", "online"});
  ways.concept_id = "ways";
  items.push_back(ways);
  Item size = sample::MakeItem("size", AnswerType::kInteger);
  size.unit = "人";
  size.concept_id = "size";
  items.push_back(size);
  Item money = sample::MakeItem("money", AnswerType::kInteger);
  money.unit = "円";
  money.concept_id = "size";
  items.push_back(money);
  Item table = sample::MakeItem("table", AnswerType::kTable);
  table.rows = sample::Options({"find", "keep"});
  table.concept_id = "table";
  items.push_back(table);
  items.push_back(sample::MakeItem("words", AnswerType::kText));
  return Codebook::Check("new", std::move(items)).codebook;
}

std::shared_ptr<const Codebook> OldCodebook() {
  std::vector<Item> items;
  Item plan = sample::MakeItem("q1", AnswerType::kSingle);
  plan.concept_id = "plan";
  plan.options = {{.code = "made", .label = "策定済み"},
                  {.code = "none", .label = "ない"},
                  {.code = "soon", .label = "検討中"}};
  items.push_back(plan);
  Item ways = sample::MakeItem("q2", AnswerType::kMultiple);
  ways.options = sample::Options({"visit", "letter"});
  ways.concept_id = "ways";
  items.push_back(ways);
  Item size = sample::MakeItem("q3", AnswerType::kInteger);
  size.unit = "人";
  size.concept_id = "size";
  items.push_back(size);
  Item money = sample::MakeItem("q4", AnswerType::kInteger);
  money.unit = "千円";
  items.push_back(money);
  Item table = sample::MakeItem("q5", AnswerType::kTable);
  table.rows = sample::Options({"find", "keep"});
  table.concept_id = "table";
  items.push_back(table);
  return Codebook::Check("old", std::move(items)).codebook;
}

class Mapping : public ::testing::Test {
 protected:
  // Reads and holds a mapping; `items` is what stands under `items:`.
  void Make(const std::string& items, bool old = false,
            const std::string& head = "") {
    const std::string text = "survey: s\ncodebook: '2'\n" +
                             std::string(old ? "from_codebook: '1'\n" : "") +
                             head + "items:\n" + items;
    faults_.clear();
    std::vector<base::Violation> faults;
    const MappingDraft draft = ReadMapping(text, faults);
    mapping_ = AnswerMapping::Make(draft, kId, NewCodebook(),
                                   old ? OldCodebook() : nullptr, faults);
    for (const base::Violation& fault : faults) {
      faults_.push_back(fault.field + " " + fault.reason);
      sentences_.push_back(fault.description);
    }
  }

  // What a cell of an old item is: `value`, `!ABSENCE`, or `?FAULT word`.
  std::string Read(const std::string& item, const std::string& value) {
    const AnswerMapping::Target* const target = mapping_->Find(item);
    if (target == nullptr) return "?";
    const AnswerMapping::Cell cell = mapping_->Read(*target, value);
    if (!cell.fault.empty()) {
      return "?" + std::string(cell.fault) + " " + cell.word;
    }
    if (cell.absence) return "!" + std::string(base::ToString(*cell.absence));
    return target->key() + "=" + cell.value;
  }

  std::shared_ptr<const AnswerMapping> mapping_;
  std::vector<std::string> faults_;
  std::vector<std::string> sentences_;
};

TEST_F(Mapping, ReadsWordsOfAnOldItemAsCodes) {
  Make(R"(
- from: 問１
  to: plan
  values: {策定済: made, 作成中: making, "1": none}
  absences: {不明: UNKNOWN}
)");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_EQ(mapping_->id(), kId);
  EXPECT_EQ(Read("問1", " 策定済 "), "plan=made");
  EXPECT_EQ(Read("問１", "１"), "plan=none");
  EXPECT_EQ(Read("問1", "不明"), "!UNKNOWN");
  EXPECT_EQ(Read("問1", "made"), "?WORD_UNMAPPED made");
  EXPECT_EQ(Read("問1", "策定済み"), "?WORD_UNMAPPED 策定済み");
  EXPECT_EQ(Read("plan", "made"), "?");
}

TEST_F(Mapping, ReadsSeveralWordsByTheirSeparator) {
  Make(R"(
- {from: a, to: ways, values: {訪問: visit, "電話、文字": online}, separator: 、}
)");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_EQ(Read("a", "訪問"), "ways=visit");
  EXPECT_EQ(Read("a", "訪問、 訪問"), "ways=visit visit");
  // The whole cell is one word.
  EXPECT_EQ(Read("a", "電話、文字"), "ways=online");
  EXPECT_EQ(Read("a", "訪問、電話"), "?WORD_UNMAPPED 電話");
}

TEST_F(Mapping, TakesTheCodesOfTheCodebookWhereThatIsSaid) {
  Make("- {from: a, to: ways, values: same}\n");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_EQ(Read("a", "visit online"), "ways=visit online");
  EXPECT_EQ(Read("a", "訪問"), "?WORD_UNMAPPED 訪問");
}

TEST_F(Mapping, ScalesNumbersExactly) {
  Make(R"(
- {from: a, to: money, unit: 千円, scale: 1000}
- {from: b, to: size, scale: 1/12}
- {from: c, to: table/find}
)");
  // A row is no item.
  ASSERT_THAT(faults_, ElementsAre("line 7, column 17 MAPPING_TABLE_ROW"));
  Make(R"(
- {from: a, to: money, unit: 千円, scale: 1000}
- {from: b, to: size, scale: 1/12}
)");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_EQ(Read("a", "1,234"), "money=1234000");
  EXPECT_EQ(Read("a", "1,234.5"), "money=1234500");
  EXPECT_EQ(Read("a", "12,34.5"), "?NUMBER_UNREADABLE 12,34.5");
  EXPECT_EQ(Read("a", "1.234,5"), "?NUMBER_UNREADABLE 1.234,5");
  EXPECT_EQ(Read("a", "0.1"), "money=100");
  EXPECT_EQ(Read("a", "１２．５"), "money=12500");
  EXPECT_EQ(Read("a", "-0.007"), "money=-7");
  EXPECT_EQ(Read("a", "0.0001"), "?NUMBER_NOT_WHOLE 0.1");
  EXPECT_EQ(Read("a", "約3"), "?NUMBER_UNREADABLE 約3");
  EXPECT_EQ(Read("a", "1234567890123456789"), "?NUMBER_UNREADABLE "
                                              "1234567890123456789");
  EXPECT_EQ(Read("b", "36"), "size=3");
  EXPECT_EQ(Read("b", "37"), "?NUMBER_NOT_WHOLE 37/12");
  Make("- {from: b, to: size, scale: 1/12, round: half_up}\n");
  EXPECT_EQ(Read("b", "42"), "size=4");
  EXPECT_EQ(Read("b", "41"), "size=3");
}

TEST_F(Mapping, LeavesItemsOutThatItSaysToLeaveOut) {
  Make("- {from: a, drop: is not asked any more}\n");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_TRUE(mapping_->Find("a")->item.empty());
}

TEST_F(Mapping, JoinsItemsByConceptAndTakesOnlyEqualOptions) {
  Make("- {from: q4, to: money, scale: 1000}\n", true, "concepts: true\n");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_EQ(Read("q1", "made"), "plan=made");
  EXPECT_EQ(Read("q1", "策定済み"), "plan=made");
  // Its label is another on both sides.
  EXPECT_EQ(Read("q1", "none"), "?WORD_UNMAPPED none");
  EXPECT_EQ(Read("q1", "soon"), "?WORD_UNMAPPED soon");
  EXPECT_EQ(Read("q2", "visit"), "ways=visit");
  EXPECT_EQ(Read("q2", "visit letter"), "?WORD_UNMAPPED letter");
  EXPECT_EQ(Read("q3", "12"), "size=12");
  EXPECT_EQ(Read("q4", "12"), "money=12000");
  EXPECT_EQ(Read("q5/keep", "x"), "table/keep=x");
  EXPECT_EQ(Read("q6", "x"), "?");
}

TEST_F(Mapping, WhatIsListedIsNotJoined) {
  Make(R"(
- {from: q1, to: plan, values: {ない: none, soon: making}}
- {from: q4, to: money, scale: 1000}
)",
       true, "concepts: true\n");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_EQ(Read("q1", "ない"), "plan=none");
  EXPECT_EQ(Read("q1", "made"), "plan=made");
}

TEST_F(Mapping, AllFaultsAreToldWithTheirPlace) {
  Make(R"(
- {from: a, to: nowhere}
- {from: a, to: plan}
- {from: b, to: plan}
- {from: c, to: words, values: {x: y}, scale: 2}
- {from: d, to: size, drop: both}
- {from: e}
- {from: f, to: size, scale: 0, round: down}
- {from: g, to: ways, values: {あ: vist, い: visit}, absences: {う: NOT_COUNTED}}
- {from: h, to: ways, values: same, absences: {visit: UNKNOWN}}
- {from: i, to: words, misspelt: 1}
- {from: j, to: words}
)");
  EXPECT_EQ(mapping_, nullptr);
  EXPECT_THAT(
      faults_,
      UnorderedElementsAre(
          "line 5, column 17 MAPPING_ITEM_UNKNOWN",
          "line 6, column 10 MAPPING_ITEM_TWICE",
          "line 7, column 3 MAPPING_VALUES_MISSING",
          "line 8, column 3 MAPPING_VALUES_UNEXPECTED",
          "line 8, column 47 MAPPING_SCALE_UNEXPECTED",
          "line 9, column 3 MAPPING_TO_OR_DROP",
          "line 10, column 3 MAPPING_TO_OR_DROP",
          "line 11, column 30 MAPPING_SCALE", "line 11, column 40 MAPPING_ROUND",
          "line 12, column 35 MAPPING_CODE_UNKNOWN",
          "line 12, column 66 MAPPING_ABSENCE",
          "line 13, column 48 MAPPING_WORD_TWICE",
          "line 13, column 17 MAPPING_TARGET_TWICE",
          "line 14, column 24 FIELD_UNKNOWN", "line 14, column 17 MAPPING_TARGET_TWICE",
          "line 15, column 17 MAPPING_TARGET_TWICE"));
  EXPECT_TRUE(std::ranges::any_of(sentences_, [](const std::string& sentence) {
    return sentence.find("no code vist; nearest: visit") != std::string::npos;
  }));
}

TEST_F(Mapping, IsHeldToTheOldCodebookToo) {
  Make(R"(
- {from: q11, to: words}
- {from: q1, to: plan, values: {作成済み: made}}
- {from: q2, to: plan, values: {visit: made}}
- {from: q3, to: ways, values: same}
- {from: q4, to: money}
- {from: q5, to: table}
)",
       true);
  EXPECT_THAT(faults_, UnorderedElementsAre(
                           "line 6, column 10 MAPPING_OLD_ITEM_UNKNOWN",
                           "line 7, column 33 MAPPING_WORD_UNKNOWN",
                           "line 8, column 18 MAPPING_TYPE",
                           "line 9, column 18 MAPPING_TYPE",
                           "line 10, column 3 MAPPING_UNIT",
                           "line 11, column 18 MAPPING_TABLE_ROW"));
  Make("- {from: q4, to: money, unit: 百万円, scale: 1000000}\n", true);
  EXPECT_THAT(faults_, ElementsAre("line 5, column 31 MAPPING_UNIT_DIFFERS"));
  Make("- {from: q9, to: words}\n", false, "concepts: true\n");
  EXPECT_THAT(faults_, ElementsAre("line 3, column 11 MAPPING_CONCEPTS"));
}

TEST_F(Mapping, AConceptOfSeveralItemsMustBeListed) {
  Make("- {from: q4, drop: is not asked}\n", true, "concepts: true\n");
  EXPECT_THAT(faults_, ElementsAre("line 4, column 11 MAPPING_CONCEPT_TWICE"));
  EXPECT_THAT(sentences_.back(), HasSubstr("list q3 under items"));
}

TEST_F(Mapping, NearestIsFoundByIdAndLabel) {
  Make("- {from: 策定の状況, to: plan, values: {済: made}}\n");
  ASSERT_THAT(faults_, IsEmpty());
  EXPECT_THAT(mapping_->NearItems("策定状況"), ElementsAre("plan"));
  EXPECT_THAT(mapping_->NearItems("tables/find"), ElementsAre("table/find", "table/keep"));
  EXPECT_THAT(mapping_->NearItems("全く別の話"), IsEmpty());
  const AnswerMapping::Target& plan = *mapping_->Find("策定の状況");
  EXPECT_THAT(mapping_->NearCodes(plan, "策定済"), ElementsAre("made", "making"));
  EXPECT_THAT(mapping_->NearCodes(plan, "ＮＯＮ"), ElementsAre("none"));
}

TEST(MappingText, ThatIsTooLongIsRefused) {
  std::vector<base::Violation> faults;
  static_cast<void>(
      ReadMapping(std::string(kMostMappingBytes + 1, '#'), faults));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].reason, "MAPPING_TOO_LONG");
}

TEST(MappingIds, AreTheFirstDigitsOfADigest) {
  const MappingId id =
      MappingIdOf("00ffab0000000001ffffffffffffffffffffffffffffffffffffff");
  EXPECT_EQ(FormatMappingId(id), "00ffab0000000001");
  EXPECT_EQ(ParseMappingId("00ffab0000000001"), id);
  for (const std::string text :
       {"", "1", "00FFAB0000000001", "00ffab000000000g", "0000000000000000",
        "00ffab00000000011", "-0ffab0000000001"}) {
    EXPECT_EQ(ParseMappingId(text), std::nullopt) << text;
  }
}

TEST(Nearest, ComparesLettersInAnyWidthAndCase) {
  const std::vector<Candidate> candidates = {
      {"a", "訪問支援"}, {"b", "Online"}, {"c", "電話"}, {"b", "オンライン"}};
  EXPECT_THAT(FindNearest("訪問の支援", candidates), ElementsAre("a"));
  EXPECT_THAT(FindNearest("ｵﾝﾗｲﾝ", candidates), ElementsAre("b"));
  EXPECT_THAT(FindNearest("ＯＮＬＩＮＥ", candidates), ElementsAre("b"));
  EXPECT_THAT(FindNearest("", candidates), IsEmpty());
  EXPECT_THAT(FindNearest(std::string(2'000, 'x'), candidates), IsEmpty());
  EXPECT_THAT(FindNearest("\xFF\xFE", candidates), IsEmpty());
}

}  // namespace
}  // namespace welfare::survey
