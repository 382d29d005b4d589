#include "services/report/template/proposal.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::report {
namespace {

using Reason = Misfit::Reason;

IndicatorShapes ShapesToPropose() {
  IndicatorShapes shapes;
  shapes["plan_formulated"] = {
      Measure::kDistribution, false, {"formulated", "planned", "none"}};
  shapes["supports"] = {Measure::kSum, false, {"total", "max"}};
  return shapes;
}

std::string WordsFor(Reason reason, const std::string& subject,
                     const std::string& place = "pages[1].blocks[0]") {
  const Proposal proposal = Propose({reason, place, subject}, ShapesToPropose());
  EXPECT_FALSE(proposal.words_ja.empty()) << subject;
  return proposal.words;
}

TEST(Proposal, IsTheNearestNameThatThereIs) {
  EXPECT_EQ(WordsFor(Reason::kIndicatorMissing, "plan_formulate"),
            "Write 'plan_formulated'.");
  EXPECT_EQ(WordsFor(Reason::kCellMissing, "plan_formulated.formlated"),
            "Write 'plan_formulated.formulated'.");
  EXPECT_EQ(WordsFor(Reason::kFormOfMeasure, "supports.total.percent"),
            "Write 'supports.total.value'.");
  EXPECT_EQ(WordsFor(Reason::kFormOfMeasure, "plan_formulated.none.value"),
            "Write 'plan_formulated.none.count'.");
  EXPECT_EQ(WordsFor(Reason::kDonutOfMultiple, "plan_formulated"),
            "Write 'chart: bars', or leave the line out.");
}

TEST(Proposal, IsToLeaveOutWhatNothingIsNear) {
  const std::string sentence =
      "Leave the sentence out, or take the figure out of it.";
  EXPECT_EQ(WordsFor(Reason::kIndicatorMissing, "window"), sentence);
  EXPECT_EQ(WordsFor(Reason::kCellMissing, "supports.formulated"), sentence);
  EXPECT_EQ(WordsFor(Reason::kFormOfMeasure, "supports.top"), sentence);
  EXPECT_EQ(WordsFor(Reason::kIndicatorMissing, "window",
                     "pages[1].blocks[0].indicators[2]"),
            "Leave 'window' out of the block.");
}

TEST(Proposal, OneLetterInThreeMayBeAnother) {
  EXPECT_EQ(NearestName("abc", {"xyz", "abd", "abx"}), "abd");
  EXPECT_EQ(NearestName("abc", {"axx"}), "");
  EXPECT_EQ(NearestName("a", {"b"}), "b");
  EXPECT_EQ(NearestName(std::string(65, 'a'), {std::string(64, 'a')}), "");
}

}  // namespace
}  // namespace welfare::report
