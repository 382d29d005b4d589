#include "services/survey/round/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/survey/round/opened_round.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using base::RegistryFact;
using base::Truth;
using sample::Who;
using ::testing::ElementsAre;

// 131016 had another code before.
Frame TwoCodes() {
  std::vector<FrameRow> rows;
  for (const char* who :
       {"131024-municipality", "131016-council", "131016-municipality"}) {
    rows.push_back({.respondent = Who(who),
                    .display_name = who,
                    .area = "区部",
                    .facts = {}});
    if (rows.back().respondent.municipality.ToString() == "131016") {
      rows.back().other_codes = {Who("139998-council").municipality};
    }
  }
  return Frame(std::move(rows));
}

TEST(Frame, StandsInCodeOrderMunicipalityBeforeCouncil) {
  const Frame frame = TwoCodes();
  std::vector<std::string> order;
  for (const FrameRow& row : frame.rows()) {
    order.push_back(row.respondent.ToString());
  }
  EXPECT_THAT(order, ElementsAre("131016-municipality", "131016-council",
                                 "131024-municipality"));
}

TEST(Frame, FindsARespondentByTheCodeThatNamesIt) {
  const Frame frame = TwoCodes();
  EXPECT_EQ(frame.Find(Who("131016-council")), 1U);
  EXPECT_EQ(frame.Find(Who("131024-council")), std::nullopt);
  EXPECT_EQ(frame.Find(Who("139998-council")), std::nullopt);
}

TEST(Frame, ResolvesAnyCodeOfAMunicipalityForItsOwnKind) {
  const Frame frame = TwoCodes();
  EXPECT_EQ(frame.Resolve(Who("139998-municipality")), 0U);
  EXPECT_EQ(frame.Resolve(Who("139998-council")), 1U);
  EXPECT_EQ(frame.Resolve(Who("131016-council")), 1U);
  EXPECT_EQ(frame.Resolve(Who("131032-council")), std::nullopt);
}

TEST(Frame, KnowsAFactOfTheYearItWasSaidFor) {
  FrameRow row{.respondent = Who("131016-municipality"),
               .display_name = "",
               .area = "",
               .facts = {{2024, Truth::kFalse, Truth::kTrue},
                         {2025, Truth::kTrue, Truth::kUnknown}}};
  EXPECT_EQ(row.Fact(RegistryFact::kImplementing, 2024), Truth::kFalse);
  EXPECT_EQ(row.Fact(RegistryFact::kImplementing, 2025), Truth::kTrue);
  EXPECT_EQ(row.Fact(RegistryFact::kPreparation, 2024), Truth::kTrue);
}

TEST(Frame, DoesNotKnowAYearThatNobodySpokeOf) {
  const FrameRow row{.respondent = Who("131016-municipality"),
                     .display_name = "",
                     .area = "",
                     .facts = {{2024, Truth::kTrue, Truth::kTrue}}};
  EXPECT_EQ(row.Fact(RegistryFact::kImplementing, 2023), Truth::kUnknown);
  EXPECT_EQ(row.Fact(RegistryFact::kPreparation, 2025), Truth::kUnknown);
}

class Resolve : public ::testing::Test {
 protected:
  static base::SubmissionName Name(const std::string& who) {
    return {.survey = "jusou",
            .fiscal_year = base::FiscalYear::FromChecked(2025),
            .respondent = Who(who)};
  }

  OpenedRound opened_{.round = {.name = Name("131016-council").parent()},
                      .codebook = nullptr,
                      .frame = std::make_shared<const Frame>(TwoCodes())};
};

TEST_F(Resolve, NamesARespondentAsThePopulationDoes) {
  EXPECT_EQ(opened_.Resolve(Name("139998-council")), Name("131016-council"));
}

TEST_F(Resolve, LeavesWhoIsNotInThePopulation) {
  EXPECT_EQ(opened_.Resolve(Name("131032-council")), Name("131032-council"));
}

TEST_F(Resolve, LeavesEverybodyWhereNoPopulationIsFrozen) {
  opened_.frame = nullptr;
  EXPECT_EQ(opened_.Resolve(Name("139998-council")), Name("139998-council"));
}

}  // namespace
}  // namespace welfare::survey
