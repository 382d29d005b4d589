#include "services/survey/submission/routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

// What the routing says of each item to `who`, given these answers.
std::map<std::string, Route> Routes(const std::string& who,
                                    const std::vector<Answer>& answers = {},
                                    int fiscal_year = 2025) {
  static const auto codebook = sample::MakeCodebook();
  static const Frame frame = sample::MakeFrame();
  const std::vector<Route> routes = EvaluateRouting(
      *codebook, frame.row(frame.Find(sample::Who(who)).value()), fiscal_year,
      answers);
  std::map<std::string, Route> by_item;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    by_item[codebook->item(i).id] = routes[i];
  }
  return by_item;
}

Answer Says(const std::string& item, Content content) {
  return {.item = item, .row = "", .content = std::move(content)};
}

TEST(Routing, AsksWhatHasNoCondition) {
  EXPECT_EQ(Routes("131032-municipality").at("methods"), Route::kAsked);
}

TEST(Routing, TellsOtherRespondentsQuestionsFromSkippedOnes) {
  const auto routes = Routes("131032-municipality");
  EXPECT_EQ(routes.at("place"), Route::kNotAsked);
  EXPECT_EQ(routes.at("plan"), Route::kNotApplicable);
}

TEST(Routing, AsksACouncilItsOwnQuestionsAndTheSharedOnes) {
  const auto routes = Routes("131016-council");
  EXPECT_EQ(routes.at("place"), Route::kAsked);
  EXPECT_EQ(routes.at("shared"), Route::kAsked);
  EXPECT_EQ(routes.at("methods"), Route::kNotAsked);
}

TEST(Routing, ReadsTheRegistryInTheYearOfTheRound) {
  EXPECT_EQ(Routes("131024-municipality").at("plan"), Route::kAsked);
  EXPECT_EQ(Routes("131024-municipality", {}, 2024).at("plan"),
            Route::kNotApplicable);
}

TEST(Routing, ReadsTheRegistryInTheYearBefore) {
  EXPECT_EQ(Routes("131016-municipality").at("count"), Route::kAsked);
  EXPECT_EQ(Routes("131024-municipality").at("count"), Route::kNotApplicable);
}

TEST(Routing, DoesNotAskWhereTheRegistryDoesNotKnow) {
  EXPECT_EQ(Routes("131041-municipality").at("plan"), Route::kNotApplicable);
}

TEST(Routing, FollowsAnAnswer) {
  const std::string who = "131016-municipality";
  EXPECT_EQ(Routes(who, {Says("plan", Codes{"made"})}).at("start"),
            Route::kAsked);
  EXPECT_EQ(Routes(who, {Says("plan", Codes{"none"})}).at("start"),
            Route::kNotApplicable);
}

TEST(Routing, DoesNotAskBehindAGateThatIsLeftBlank) {
  const std::string who = "131016-municipality";
  EXPECT_EQ(Routes(who).at("start"), Route::kNotApplicable);
  EXPECT_EQ(Routes(who, {Says("plan", base::Absence::kNoAnswer)}).at("start"),
            Route::kNotApplicable);
}

TEST(Routing, LooksForOneOfSeveralOptions) {
  const std::string who = "131016-municipality";
  EXPECT_EQ(
      Routes(who, {Says("methods", Codes{"visit", "online"})}).at("detail"),
      Route::kAsked);
  EXPECT_EQ(Routes(who, {Says("methods", Codes{"visit"})}).at("detail"),
            Route::kNotApplicable);
}

// An answer that was stored before its gate was answered otherwise opens
// nothing.
TEST(Routing, AnAnswerThatIsNotAskedOpensNoGate) {
  const auto routes =
      Routes("131032-municipality", {Says("plan", Codes{"made"})});
  EXPECT_EQ(routes.at("plan"), Route::kNotApplicable);
  EXPECT_EQ(routes.at("start"), Route::kNotApplicable);
}

TEST(Routing, AnOptionThatIsNotOfferedOpensNoGate) {
  EXPECT_EQ(Routes("131016-municipality", {Says("plan", Codes{"perhaps"})})
                .at("start"),
            Route::kNotApplicable);
}

TEST(Routing, AnAnswerToNoQuestionIsPassedOver) {
  EXPECT_EQ(Routes("131016-municipality", {Says("nothing", Codes{"made"})}),
            Routes("131016-municipality"));
}

TEST(AnswerValue, OfAnotherTypeIsMissing) {
  const Item number = sample::MakeItem("n", AnswerType::kInteger);
  EXPECT_FALSE(ToValue(number, std::int64_t{0}).missing());
  EXPECT_TRUE(ToValue(number, std::string("0")).missing());
  EXPECT_TRUE(ToValue(number, Codes{"0"}).missing());
  EXPECT_TRUE(ToValue(number, base::Absence::kUnknown).missing());
}

TEST(AnswerValue, OfATableIsMissing) {
  const Item table = sample::MakeItem("t", AnswerType::kTable);
  EXPECT_TRUE(ToValue(table, std::string("text")).missing());
}

}  // namespace
}  // namespace welfare::survey
