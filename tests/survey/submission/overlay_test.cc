// Rows laid over what a submission holds.
#include "services/survey/submission/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using importing::Strategy;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using RowSays = LaidRow::Says;

// A council is asked `shared`, a text, `place`, and `place_days` where there is
// a place.
class Laying : public ::testing::Test {
 protected:
  static LaidRow Code(const std::string& item, const std::string& code) {
    return {.sent = {.item = item,
                     .row = {},
                     .value = Codes{code},
                     .absence = std::nullopt,
                     .other_text = {}}};
  }
  static LaidRow Silent(const std::string& item, RowSays says) {
    return {.sent = {.item = item,
                     .row = {},
                     .value = std::nullopt,
                     .absence = std::nullopt,
                     .other_text = {}},
            .says = says};
  }
  static Answer Held(const std::string& item, Content content) {
    return {.item = item,
            .row = {},
            .content = std::move(content),
            .other_text = {},
            .provenance = Provenance::kEntered};
  }

  void Lay(const std::vector<LaidRow>& rows, Strategy strategy) {
    result_ = LayOver(*codebook_, frame_.row(*frame_.Find(
                                      sample::Who("131016-council"))),
                      2025, stored_, rows, strategy);
  }

  // `item value` of all that the submission will hold.
  std::vector<std::string> Holds() const {
    std::vector<std::string> all;
    for (const Answer& answer : result_.answers) {
      all.push_back(answer.item + " " + ContentText(answer));
    }
    return all;
  }
  // `row REASON`, `- REASON` of what no row says.
  std::vector<std::string> Faults() const {
    std::vector<std::string> all;
    for (const AnswerViolation& violation : result_.violations) {
      all.push_back(
          (violation.index ? std::to_string(*violation.index) : "-") + " " +
          std::string(violation.reason));
    }
    return all;
  }

  std::shared_ptr<const Codebook> codebook_ = sample::MakeCodebook();
  Frame frame_ = sample::MakeFrame();
  std::vector<Answer> stored_ = {Held("shared", std::string("text")),
                                 Held("place", Codes{"yes"}),
                                 Held("place_days", Codes{"daily"})};
  Overlay result_;
};

TEST_F(Laying, WhatMergeLeavesOutStaysWithTheWayItCame) {
  Lay({Code("place_days", "weekly")}, Strategy::kMerge);
  EXPECT_THAT(Holds(), ElementsAre("shared text", "place yes",
                                   "place_days weekly"));
  EXPECT_THAT(result_.outcomes, ElementsAre(RowOutcome::kUpdated));
  EXPECT_EQ(result_.answers[0].provenance, Provenance::kEntered);
  EXPECT_EQ(result_.answers[2].provenance, Provenance::kImported);
  EXPECT_EQ(result_.omitted, 0);
}

TEST_F(Laying, WhatReplaceLeavesOutIsTakenBackAndCountedApart) {
  Lay({Code("place", "no")}, Strategy::kReplace);
  EXPECT_THAT(Holds(), ElementsAre("shared NO_ANSWER", "place no"));
  EXPECT_THAT(result_.outcomes, ElementsAre(RowOutcome::kUpdated));
  EXPECT_EQ(result_.omitted, 2);
  EXPECT_THAT(result_.blanks, UnorderedElementsAre("shared", "place_days"));
}

TEST_F(Laying, AGateThatClosesOverAnAnswerIsRefusedUntilThatIsTakenBack) {
  Lay({Code("place", "no")}, Strategy::kMerge);
  EXPECT_THAT(Faults(), ElementsAre("- NOT_ASKED_BY_ROUTING"));
  Lay({Code("place", "no"), Silent("place_days", RowSays::kClear)},
      Strategy::kMerge);
  EXPECT_THAT(Holds(), ElementsAre("shared text", "place no"));
  EXPECT_THAT(result_.outcomes,
              ElementsAre(RowOutcome::kUpdated, RowOutcome::kDeleted));
}

TEST_F(Laying, ABlankOfWhatIsAskedNoMoreGoesWithItsGate) {
  stored_.back().content = base::Absence::kNoAnswer;
  Lay({Code("place", "no")}, Strategy::kMerge);
  EXPECT_THAT(Holds(), ElementsAre("shared text", "place no"));
}

TEST_F(Laying, AGateThatOpensAsksForAnAnswer) {
  stored_ = {Held("shared", std::string("text")), Held("place", Codes{"no"})};
  Lay({Code("place", "yes")}, Strategy::kMerge);
  EXPECT_THAT(Faults(), ElementsAre("- ANSWER_MISSING"));
  Lay({Code("place", "yes"), Code("place_days", "daily")}, Strategy::kMerge);
  EXPECT_THAT(result_.outcomes,
              ElementsAre(RowOutcome::kUpdated, RowOutcome::kCreated));
}

TEST_F(Laying, TwiceIsOnce) {
  for (const Strategy strategy : {Strategy::kMerge, Strategy::kReplace}) {
    stored_ = {Held("shared", std::string("text")), Held("place", Codes{"yes"}),
               Held("place_days", Codes{"daily"})};
    const std::vector<LaidRow> rows = {Code("place", "no"),
                                       Silent("place_days", RowSays::kClear),
                                       Silent("shared", RowSays::kBlank)};
    Lay(rows, strategy);
    ASSERT_THAT(Faults(), IsEmpty());
    stored_ = result_.answers;
    Lay(rows, strategy);
    EXPECT_TRUE(std::all_of(
        result_.outcomes.begin(), result_.outcomes.end(),
        [](RowOutcome one) { return one == RowOutcome::kUnchanged; }));
    EXPECT_EQ(result_.omitted, 0);
  }
}

TEST_F(Laying, DeleteTakesBackWhatItNamesIfThatIsWhatIsThere) {
  Lay({Code("place_days", "daily")}, Strategy::kDelete);
  EXPECT_THAT(Holds(), ElementsAre("shared text", "place yes",
                                   "place_days NO_ANSWER"));
  EXPECT_THAT(result_.outcomes, ElementsAre(RowOutcome::kDeleted));
  Lay({Code("place_days", "weekly")}, Strategy::kDelete);
  EXPECT_THAT(Faults(), ElementsAre("0 ANSWER_DIFFERS"));
  Lay({Silent("place", RowSays::kBlank)}, Strategy::kDelete);
  EXPECT_THAT(Faults(), ElementsAre("- NOT_ASKED_BY_ROUTING"));
  Lay({Silent("place", RowSays::kBlank), Silent("place_days", RowSays::kBlank)},
      Strategy::kDelete);
  EXPECT_THAT(Holds(), ElementsAre("shared text", "place NO_ANSWER"));
}

TEST_F(Laying, ARowOfNoPlaceIsRefusedWhateverItSays) {
  Lay({Silent("nothing", RowSays::kBlank), Silent("plan", RowSays::kClear)},
      Strategy::kMerge);
  EXPECT_THAT(Faults(),
              ElementsAre("0 UNKNOWN_ITEM", "1 WRONG_RESPONDENT_KIND"));
}

TEST_F(Laying, EveryChangeIsToldWithBothValues) {
  Lay({Code("place", "no")}, Strategy::kReplace);
  ASSERT_THAT(Faults(), IsEmpty());
  std::vector<std::string> told;
  for (const OverlayChange& change : result_.changes) {
    told.push_back(change.place + " " + change.before + " " + change.after);
  }
  EXPECT_THAT(told, UnorderedElementsAre("place yes no", "place_days daily ",
                                         "shared text NO_ANSWER"));
}

}  // namespace
}  // namespace welfare::survey
