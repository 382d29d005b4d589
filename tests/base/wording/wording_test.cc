#include "services/base/wording/wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"

namespace welfare::base {
namespace {

Rational R(std::int64_t a, std::int64_t b = 1) { return *Rational::Make(a, b); }

// Profile version 1 of the published figures.
WordingProfile ProfileOne() {
  WordingProfile profile;
  profile.version = "1";
  profile.valid_from = *Date::Make(2021, 4, 1);
  profile.rules = {
      {.pattern = "{tenths}割以上",
       .lower = WordingBound{R(0)},
       .cap = R(1, 10)},
      {.pattern = "{tenths}割",
       .lower = WordingBound{R(-1, 20)},
       .upper = WordingBound{R(1, 20), false}},
      {.pattern = "7割弱",
       .value = R(7, 10),
       .lower = WordingBound{R(-1, 20)},
       .upper = WordingBound{R(0), false},
       .offered = false},
      {.pattern = "半数以上", .value = R(1, 2), .lower = WordingBound{R(0)}},
      {.pattern = "約半数",
       .value = R(1, 2),
       .lower = WordingBound{R(-1, 20)},
       .upper = WordingBound{R(1, 20), false}},
      {.pattern = "約{fraction}",
       .lower = WordingBound{R(-1, 20)},
       .upper = WordingBound{R(1, 20)}},
      {.pattern = "半数",
       .kind = WordingKind::kNearestInteger,
       .value = R(1, 2)},
      {.pattern = "{fraction}", .kind = WordingKind::kNearestInteger},
      {.pattern = "ある", .kind = WordingKind::kExists},
      {.pattern = "も見られる", .kind = WordingKind::kExists},
      {.pattern = "全て", .kind = WordingKind::kAll},
      {.pattern = "変化はなかった", .kind = WordingKind::kSameTenth},
  };
  return profile;
}

// A range of counts; {1, 0} for none.
using Range = std::pair<std::int64_t, std::int64_t>;
struct TableRow {
  std::string_view wording;
  std::vector<Range> ranges;  // for the bases 30, 28, 23, 18, 10
};

TEST(Wording, AgreesWithTheTableOfProfileOne) {
  const WordingProfile profile = ProfileOne();
  ASSERT_TRUE(ValidateWordingProfile(profile).ok())
      << ValidateWordingProfile(profile);
  const std::vector<std::int64_t> bases = {30, 28, 23, 18, 10};
  for (const TableRow& row : std::vector<TableRow>{
           {"8割以上", {{24, 26}, {23, 25}, {19, 20}, {15, 16}, {8, 8}}},
           {"7割以上", {{21, 23}, {20, 22}, {17, 18}, {13, 14}, {7, 7}}},
           {"半数以上", {{15, 30}, {14, 28}, {12, 23}, {9, 18}, {5, 10}}},
           {"7割弱", {{20, 20}, {19, 19}, {15, 16}, {12, 12}, {1, 0}}},
           {"9割", {{26, 28}, {24, 26}, {20, 21}, {16, 17}, {9, 9}}},
           {"6割", {{17, 19}, {16, 18}, {13, 14}, {10, 11}, {6, 6}}},
           {"4割", {{11, 13}, {10, 12}, {9, 10}, {7, 8}, {4, 4}}},
           {"2/3", {{20, 20}, {19, 19}, {15, 15}, {12, 12}, {7, 7}}},
           {"半数", {{15, 15}, {14, 14}, {11, 12}, {9, 9}, {5, 5}}},
           {"1/2", {{15, 15}, {14, 14}, {11, 12}, {9, 9}, {5, 5}}},
           {"約半数", {{14, 16}, {13, 15}, {11, 12}, {9, 9}, {5, 5}}},
           {"1/3", {{10, 10}, {9, 9}, {8, 8}, {6, 6}, {3, 3}}},
           {"約1/3", {{9, 11}, {8, 10}, {7, 8}, {6, 6}, {3, 3}}},
       }) {
    const bool capped = row.wording.find("割以上") != std::string_view::npos;
    for (std::size_t i = 0; i < bases.size(); ++i) {
      const std::int64_t n = bases[i];
      const auto [low, high] = row.ranges[i];
      for (std::int64_t k = 0; k <= n; ++k) {
        const WordingResult result = CheckWording(profile, row.wording, k, n);
        WordingVerdict expected = WordingVerdict::kDoesNotFit;
        if (low > high) {
          expected = WordingVerdict::kImpossible;
        } else if (low <= k && k <= high) {
          expected = WordingVerdict::kFits;
        } else if (capped && k > high) {
          expected = WordingVerdict::kHigherClassFits;
        }
        EXPECT_EQ(ToString(result.verdict), ToString(expected))
            << row.wording << " for " << k << " of " << n;
        if (low <= high) {
          EXPECT_EQ(result.least, low) << row.wording << " of " << n;
          EXPECT_EQ(result.most, high) << row.wording << " of " << n;
        } else {
          EXPECT_EQ(result.least, std::nullopt);
        }
      }
    }
  }
}

TEST(Wording, ReadsDigitsOfEveryKind) {
  const WordingProfile profile = ProfileOne();
  for (const std::string_view wording :
       {"7割以上", "７割以上", "七割以上", "2/3", "２／３", "3分の2",
        "三分の二", "約3分の2"}) {
    EXPECT_NE(CheckWording(profile, wording, 20, 30).verdict,
              WordingVerdict::kUnchecked)
        << wording;
  }
  for (const std::string_view wording :
       {"0割", "10割", "多い", "割", "4/3", "1/0", "約", "", "7割 以上",
        "変化はなかった"}) {
    EXPECT_EQ(CheckWording(profile, wording, 20, 30).verdict,
              WordingVerdict::kUnchecked)
        << wording;
  }
}

TEST(Wording, KnowsExistenceAndAll) {
  const WordingProfile profile = ProfileOne();
  const auto verdict = [&](std::string_view wording, int k, int n) {
    return CheckWording(profile, wording, k, n).verdict;
  };
  EXPECT_EQ(verdict("ある", 1, 30), WordingVerdict::kFits);
  EXPECT_EQ(verdict("も見られる", 0, 30), WordingVerdict::kDoesNotFit);
  EXPECT_EQ(verdict("全て", 30, 30), WordingVerdict::kFits);
  EXPECT_EQ(verdict("全て", 29, 30), WordingVerdict::kDoesNotFit);
  EXPECT_EQ(verdict("ある", 0, 0), WordingVerdict::kImpossible);
  EXPECT_EQ(verdict("全て", 0, 0), WordingVerdict::kImpossible);
  EXPECT_EQ(CheckWording(profile, "ある", 3, 9).least, 1);
  EXPECT_EQ(CheckWording(profile, "全て", 3, 9).least, 9);
  EXPECT_EQ(CheckWording(profile, "全て", 3, 9).most, 9);
}

TEST(Wording, ComparesTwoRoundsByTheirTenths) {
  const WordingProfile profile = ProfileOne();
  const auto verdict = [&](int k1, int n1, int k2, int n2) {
    return CheckWordingOfTwoRounds(profile, "変化はなかった", k1, n1, k2, n2)
        .verdict;
  };
  EXPECT_EQ(verdict(13, 23, 18, 30), WordingVerdict::kFits);
  EXPECT_EQ(verdict(14, 23, 18, 30), WordingVerdict::kFits);
  EXPECT_EQ(verdict(12, 23, 18, 30), WordingVerdict::kDoesNotFit);
  EXPECT_EQ(verdict(15, 23, 18, 30), WordingVerdict::kDoesNotFit);
  EXPECT_EQ(verdict(0, 0, 18, 30), WordingVerdict::kImpossible);
  EXPECT_EQ(CheckWordingOfTwoRounds(profile, "9割", 1, 2, 1, 2).verdict,
            WordingVerdict::kUnchecked);
}

TEST(Wording, ChecksRanksOfDistinctValues) {
  const std::vector<Rational> stated = {R(40), R(14), R(12)};
  const std::vector<Rational> ties = {R(3), R(12), R(40), R(14), R(40)};
  EXPECT_EQ(CheckRanks(stated, ties), WordingVerdict::kFits);
  const std::vector<Rational> other = {R(3), R(12), R(40), R(14), R(13)};
  EXPECT_EQ(CheckRanks(stated, other), WordingVerdict::kDoesNotFit);
  const std::vector<Rational> few = {R(40), R(14)};
  EXPECT_EQ(CheckRanks(stated, few), WordingVerdict::kDoesNotFit);
  const std::vector<Rational> ascending = {R(12), R(14)};
  EXPECT_EQ(CheckRanks(ascending, ties), WordingVerdict::kImpossible);
}

TEST(Wording, RefusesProfilesThatMakeNoSense) {
  WordingProfile profile = ProfileOne();
  profile.version = "";
  profile.rules[0].upper = WordingBound{R(1)};      // beside a cap
  profile.rules[1].pattern = "{tenths}{fraction}";  // two placeholders
  profile.rules[3].value.reset();
  profile.rules[6].lower = WordingBound{R(0)};
  profile.rules[9].pattern = "ある";
  const auto status = ValidateWordingProfile(profile);
  EXPECT_EQ(ReasonOf(status), "WORDING_PROFILE");
  std::vector<std::string> fields;
  const auto details = GetErrorDetails(status);
  for (const Violation& violation : details->violations) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields,
              testing::ElementsAre("version", "rules[0].cap",
                                   "rules[1].pattern", "rules[3].value",
                                   "rules[6].lower", "rules[9].pattern"));
}

}  // namespace
}  // namespace welfare::base
