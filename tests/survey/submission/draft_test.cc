// What a draft keeps of answers that are wrong, and how long that takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "services/survey/submission/validation.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using sample::Sent;
using sample::SentAbsence;
using sample::SentCodes;
using sample::SentNumber;
using sample::SentText;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ValidationResult Validate(const std::vector<SentAnswer>& sent,
                          Completeness completeness = Completeness::kPartial) {
  static const auto codebook = sample::MakeCodebook();
  static const Frame frame = sample::MakeFrame();
  return ValidateAnswers(
      *codebook,
      frame.row(frame.Find(sample::Who("131016-municipality")).value()), 2025,
      sent, completeness);
}

std::vector<std::string> Kept(const ValidationResult& result) {
  std::vector<std::string> kept;
  for (const Answer& answer : result.kept) {
    kept.push_back(answer.row.empty() ? answer.item
                                      : answer.item + '/' + answer.row);
  }
  return kept;
}

TEST(Draft, KeepsWrongAnswersAsTheyWereSent) {
  const std::vector<SentAnswer> sent = {
      SentText("start", "next year"),            // not a number
      SentCodes("methods", {"none", "rumour"}),  // no such option
      SentNumber("count", -1),                   // breaks the rule
      SentText("detail", "x"),                   // not asked
      SentCodes("place", {"yes"}),               // asked of councils
      SentText("phases/find", "  "),             // blank
      SentCodes("plan", {"made", "none"})};      // one is enough
  const ValidationResult result = Validate(sent);
  EXPECT_TRUE(result.keepable());
  EXPECT_FALSE(result.ok());
  EXPECT_THAT(Kept(result), ElementsAre("plan", "start", "methods", "detail",
                                        "count", "phases/find", "place"));
  EXPECT_EQ(std::get<std::string>(result.kept[1].content), "next year");
  EXPECT_EQ(std::get<Codes>(result.kept[2].content), (Codes{"none", "rumour"}));
  // Sent again, they are as wrong as before and kept the same.
  const ValidationResult again = Validate(ToSent(result.kept));
  EXPECT_EQ(again.kept, result.kept);
  EXPECT_EQ(again.violations.size(), result.violations.size());
}

TEST(Draft, RefusesWhatHasNoPlaceOrCannotBeStored) {
  const auto refused = [](const SentAnswer& sent) {
    const ValidationResult result = Validate({SentText("shared", "t"), sent});
    EXPECT_THAT(Kept(result), ElementsAre("shared"));
    EXPECT_EQ(result.violations.size(), 1U);
    return !result.keepable();
  };
  EXPECT_TRUE(refused(SentNumber("nothing", 1)));
  EXPECT_TRUE(refused(SentText("phases/nothing", "t")));
  EXPECT_TRUE(refused(SentText("shared", "again")));
  EXPECT_TRUE(refused(Sent("count")));
  EXPECT_TRUE(refused(SentText("count", "\xff")));
  EXPECT_TRUE(refused(SentText("count", std::string(10'001, 'x'))));
  EXPECT_TRUE(refused(SentCodes("plan", Codes(65, "made"))));
  EXPECT_TRUE(refused(SentAbsence("count", base::Absence::kNotApplicable)));
}

TEST(Draft, KeepsNoBlanksThatWereNotSent) {
  const ValidationResult result =
      Validate({SentCodes("plan", {"none"})}, Completeness::kCompleteFromFile);
  EXPECT_THAT(Kept(result), ElementsAre("plan"));
}

// Each condition reads the two before. Following them anew for each answer
// takes longer than anybody lives.
TEST(Validation, IsLinearInChainsOfConditions) {
  for (const int length : {70, 1000}) {
    std::vector<Item> items;
    std::vector<SentAnswer> sent;
    for (int i = 0; i < length; ++i) {
      Item item =
          sample::MakeItem("q" + std::to_string(i), AnswerType::kSingle);
      item.options = sample::Options({"yes", "no"});
      if (i >= 2) {
        item.relevant = "${q" + std::to_string(i - 1) + "} = 'yes' and ${q" +
                        std::to_string(i - 2) + "} = 'yes'";
      }
      sent.push_back(SentCodes(item.id, {i == 0 ? "no" : "yes"}));
      items.push_back(std::move(item));
    }
    const auto codebook = Codebook::Check("Chain", std::move(items)).codebook;
    ASSERT_NE(codebook, nullptr);
    const Frame frame = sample::MakeFrame();
    const ValidationResult result = ValidateAnswers(
        *codebook, frame.row(0), 2025, sent, Completeness::kPartial);
    EXPECT_EQ(result.violations.size(), static_cast<std::size_t>(length - 2));
    EXPECT_EQ(result.kept.size(), static_cast<std::size_t>(length));
    // One wrong answer at the beginning leaves all routing unclear.
    sent[0] = SentCodes("q0", {"perhaps"});
    EXPECT_EQ(ValidateAnswers(*codebook, frame.row(0), 2025, sent,
                              Completeness::kPartial)
                  .violations.size(),
              1U);
  }
}

}  // namespace
}  // namespace welfare::survey
