// A batch from its text to what is to be stored, without a store.
#include "services/survey/files/import_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/survey/errors.h"
#include "services/survey/files/import_plan.h"
#include "services/survey/files/submission_csv.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A council is asked `place`, which must be answered, `shared`, a text, and
// `place_days` where there is a place.
class Importing : public ::testing::Test {
 protected:
  Importing() {
    opened_.round.state = RoundState::kOpen;
    opened_.round.window_start = base::Date::Make(2025, 6, 16).value();
    opened_.round.window_end = base::Date::Make(2025, 7, 11).value();
    opened_.codebook = sample::MakeCodebook();
    opened_.frame = std::make_shared<const Frame>(sample::MakeFrame());
    found_.emplace(Jusou(), opened_);
  }

  static base::RoundName Jusou(int year = 2025) {
    return {.survey = "jusou",
            .fiscal_year = base::FiscalYear::FromChecked(year)};
  }

  static std::string Row(const std::string& item, const std::string& cells,
                         const std::string& code = "131016",
                         const std::string& year = "2025") {
    return "jusou," + year + "," + code + ",council," + item + "," + cells +
           "\n";
  }

  // Plans the batch and decides it on what the store holds of each submission.
  void Run(const std::string& rows, const Standing& standing = {},
           const std::string& headers = "") {
    rows_ =
        "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
        "other_text,absence\n" +
        rows;
    headers_ =
        "survey,fiscal_year,municipality_code,respondent_kind,department,"
        "contact,received_on\n" +
        headers;
    auto batch = ReadImportBatch({.csv = rows_, .source_file = "a.csv"},
                                 {.csv = headers_, .source_file = "h.csv"});
    ASSERT_OK(batch);
    for (const base::RoundName& name : RoundsOf(*batch)) {
      found_.try_emplace(name, RoundNotFound(name));
    }
    const ImportPlan plan(found_, *std::move(batch));
    std::map<base::RoundName, Round> rounds;
    for (const auto& [name, opened] : plan.rounds()) {
      rounds.emplace(name, opened.round);
    }
    ImportRun run(plan, rounds, {});
    changes_.clear();
    for (const ImportPlan::Entry& entry : plan.entries()) {
      auto change = run.Decide(entry, standing);
      ASSERT_OK(change);
      if (*change) changes_.push_back(**std::move(change));
    }
    const ImportOutcome outcome = run.outcome();
    counts_ = outcome.counts;
    EXPECT_OK(importing::CheckAddsUp(outcome));
    rejects_.clear();
    for (const importing::Reject& reject : outcome.rejects.Show().rejects) {
      rejects_.push_back(std::to_string(reject.line) + " " + reject.reason);
    }
  }

  // What the store holds once the last decision is written.
  Standing Stored() const { return {.submission = changes_.at(0).submission}; }

  OpenedRound opened_{.round = {.name = Jusou()}};
  NamedRounds found_;
  std::string rows_;
  std::string headers_;
  std::vector<PlannedChange> changes_;
  importing::ImportCounts counts_;
  std::vector<std::string> rejects_;
};

TEST_F(Importing, AFirstSubmissionIsCreatedAndHandedIn) {
  Run(Row("place", "no,,") + Row("shared", "text,,"));
  EXPECT_THAT(rejects_, IsEmpty());
  EXPECT_EQ(counts_.created, 2);
  ASSERT_THAT(changes_, SizeIs(1));
  EXPECT_EQ(changes_[0].submission.state, SubmissionState::kSubmitted);
  EXPECT_THAT(changes_[0].submission.answers, SizeIs(2));
}

TEST_F(Importing, ATextWithoutARowIsLeftBlankTheFirstTime) {
  Run(Row("place", "no,,"));
  ASSERT_THAT(changes_, SizeIs(1));
  ASSERT_THAT(changes_[0].submission.answers, SizeIs(2));
  EXPECT_EQ(changes_[0].submission.answers[0].content,
            Content(base::Absence::kNoAnswer));
}

TEST_F(Importing, ATextThatIsHeldIsNotErasedByAFileWithoutARowOfIt) {
  Run(Row("place", "no,,") + Row("shared", "text,,"));
  Run(Row("place", "no,,"), Stored());
  EXPECT_THAT(changes_, IsEmpty());
  EXPECT_THAT(rejects_, ElementsAre("2 ANSWER_OMITTED"));
  EXPECT_EQ(counts_.rejected, 1);
}

TEST_F(Importing, RowsAreCountedByWhatTheyChange) {
  Run(Row("place", "no,,") + Row("shared", "text,,"));
  Run(Row("place", "no,,") + Row("shared", "another,,"), Stored());
  EXPECT_EQ(counts_.unchanged, 1);
  EXPECT_EQ(counts_.updated, 1);
  ASSERT_THAT(changes_, SizeIs(1));
  EXPECT_TRUE(changes_[0].changed);
}

TEST_F(Importing, EqualRowsAreNoNews) {
  const std::string rows = Row("place", "no,,") + Row("shared", "text,,");
  Run(rows);
  Run(rows, Stored());
  EXPECT_EQ(counts_.unchanged, 2);
  ASSERT_THAT(changes_, SizeIs(1));
  EXPECT_FALSE(changes_[0].changed);
}

TEST_F(Importing, HandingADraftInIsNewsOfEveryRow) {
  const std::string rows = Row("place", "no,,") + Row("shared", "text,,");
  Run(rows);
  Standing draft = Stored();
  draft.submission->state = SubmissionState::kDraft;
  Run(rows, draft);
  EXPECT_EQ(counts_.updated, 2);
}

TEST_F(Importing, OneWrongRowRefusesItsSubmissionAndNoOther) {
  Run(Row("place", "perhaps,,") + Row("shared", "text,,") +
      Row("place", "no,,", "131024"));
  EXPECT_THAT(rejects_,
              ElementsAre("2 OPTION_NOT_OFFERED", "3 SUBMISSION_REJECTED"));
  EXPECT_THAT(changes_, SizeIs(1));
}

TEST_F(Importing, ARoundThatIsNotThereTakesNothing) {
  Run(Row("place", "no,,", "131016", "2030"));
  EXPECT_THAT(rejects_, ElementsAre("2 ROUND_NOT_FOUND"));
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(Importing, ARoundThatWasNeverOpenedTakesNothing) {
  found_.at(Jusou())->frame = nullptr;
  Run(Row("place", "no,,"));
  EXPECT_THAT(rejects_, ElementsAre("2 ROUND_NOT_OPEN"));
}

TEST_F(Importing, ARoundThatHasClosedMeanwhileRefusesByItsState) {
  found_.at(Jusou())->round.state = RoundState::kClosed;
  Run(Row("place", "no,,"));
  EXPECT_THAT(rejects_, ElementsAre("2 ROUND_NOT_OPEN"));
  EXPECT_EQ(counts_.rejected, 1);
}

TEST_F(Importing, AHeaderAloneNeedsASubmission) {
  const std::string header = "jusou,2025,131016,council,福祉課,内線 1,\n";
  Run("", {}, header);
  EXPECT_THAT(rejects_, ElementsAre("2 SUBMISSION_NOT_FOUND"));
  Run(Row("place", "no,,"));
  Run("", Stored(), header);
  EXPECT_THAT(rejects_, IsEmpty());
  ASSERT_THAT(changes_, SizeIs(1));
  EXPECT_EQ(changes_[0].contact->department, "福祉課");
}

TEST_F(Importing, AHeaderOfNobodyLeavesTheDayOfReceiptOpen) {
  Run(Row("place", "no,,"), {}, "jusou,2025,13x,council,福祉課,内線 1,\n");
  EXPECT_THAT(rejects_, ElementsAre("2 SUBMISSION_REJECTED", "2 CODE_FORMAT"));
  EXPECT_THAT(changes_, IsEmpty());
}

}  // namespace
}  // namespace welfare::survey
