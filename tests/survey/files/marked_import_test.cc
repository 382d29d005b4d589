// What the rows of a file say of their submission: its state, and when it was
// received.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/survey/files/import_plan.h"
#include "services/survey/files/import_run.h"
#include "services/survey/files/submission_csv.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MarkedImport : public ::testing::Test {
 protected:
  MarkedImport() {
    opened_.round.state = RoundState::kOpen;
    opened_.round.window_start = base::Date::Make(2025, 6, 16).value();
    opened_.round.window_end = base::Date::Make(2025, 7, 11).value();
    opened_.codebook = sample::MakeCodebook();
    opened_.frame = std::make_shared<const Frame>(sample::MakeFrame());
  }

  // Two rows of one council; `marks` are their state and day.
  void Run(const std::vector<std::string>& marks, const Standing& standing = {},
           const std::string& text = "text") {
    rows_ =
        "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
        "state,received_on\n"
        "jusou,2025,131016,council,place,no," +
        marks.front() + "\njusou,2025,131016,council,shared," + text + "," +
        marks.back() + "\n";
    auto batch = ReadImportBatch({.csv = rows_, .source_file = "a.csv"}, {}, {},
                                 importing::Strategy::kMerge);
    ASSERT_OK(batch);
    NamedRounds found;
    found.emplace(opened_.round.name, opened_);
    const ImportPlan plan(found, *std::move(batch), {},
                          importing::Strategy::kMerge);
    ImportRun run(plan, {{opened_.round.name, opened_.round}}, {});
    changed_.reset();
    for (const ImportPlan::Entry& entry : plan.entries()) {
      auto change = run.Decide(entry, standing);
      ASSERT_OK(change);
      if (*change) changed_ = (*change)->submission;
    }
    const ImportOutcome outcome = run.outcome();
    counts_ = outcome.counts;
    EXPECT_OK(importing::CheckAddsUp(outcome));
    told_.clear();
    for (const importing::Reject& reject : outcome.rejects.Show().rejects) {
      told_.push_back(std::to_string(reject.line) + " " + reject.column + " " +
                      reject.reason);
    }
  }

  OpenedRound opened_{
      .round = {.name = {.survey = "jusou",
                         .fiscal_year = base::FiscalYear::FromChecked(2025)}}};
  std::string rows_;
  std::optional<Submission> changed_;
  importing::ImportCounts counts_;
  std::vector<std::string> told_;
};

TEST_F(MarkedImport, ASubmissionIsAcceptedAndReceivedAsItsRowsSay) {
  Run({"ACCEPTED,2025-07-12", "ACCEPTED,2025-07-12"});
  ASSERT_TRUE(changed_.has_value());
  EXPECT_EQ(changed_->state, SubmissionState::kAccepted);
  EXPECT_EQ(changed_->received_on, base::Date::Make(2025, 7, 12).value());
  EXPECT_TRUE(changed_->late);
  // Again, it is as it is; of a round that is final too.
  const Standing stored{.submission = changed_};
  Run({"FINAL,2025-07-12", "FINAL,2025-07-12"}, stored);
  EXPECT_FALSE(changed_.has_value());
  EXPECT_EQ(counts_.unchanged, 2);
  // What says nothing of it moves nothing.
  Run({",", ","}, stored);
  EXPECT_FALSE(changed_.has_value());
}

TEST_F(MarkedImport, AcceptingIsNewsOfEqualRows) {
  Run({"SUBMITTED,2025-07-01", "SUBMITTED,2025-07-01"});
  ASSERT_TRUE(changed_.has_value());
  EXPECT_EQ(changed_->state, SubmissionState::kSubmitted);
  const Standing stored{.submission = changed_};
  opened_.round.state = RoundState::kClosed;
  Run({"ACCEPTED,", "ACCEPTED,"}, stored);
  ASSERT_TRUE(changed_.has_value());
  EXPECT_EQ(changed_->state, SubmissionState::kAccepted);
  EXPECT_EQ(changed_->received_on, base::Date::Make(2025, 7, 1).value());
  EXPECT_EQ(counts_.updated, 2);
  // Another day needs an open round.
  Run({"SUBMITTED,2025-07-02", "SUBMITTED,2025-07-02"}, stored);
  EXPECT_THAT(told_, ElementsAre("2  ROUND_NOT_OPEN", "3  ROUND_NOT_OPEN"));
  opened_.round.state = RoundState::kOpen;
  Run({"SUBMITTED,2025-07-02", "SUBMITTED,2025-07-02"}, stored);
  EXPECT_EQ(counts_.updated, 2);
  EXPECT_EQ(changed_->received_on, base::Date::Make(2025, 7, 2).value());
}

TEST_F(MarkedImport, AnAcceptedOneTakesNoOtherAnswers) {
  Run({"ACCEPTED,2025-07-01", "ACCEPTED,2025-07-01"});
  const Standing stored{.submission = changed_};
  Run({"ACCEPTED,2025-07-01", "ACCEPTED,2025-07-01"}, stored, "another");
  EXPECT_THAT(told_, ElementsAre("2  SUBMISSION_STATE", "3  SUBMISSION_STATE"));
}

TEST_F(MarkedImport, RowsOfOneSubmissionSayOneThing) {
  Run({"ACCEPTED,2025-07-01", "SUBMITTED,"});
  EXPECT_THAT(told_, ElementsAre("2  SUBMISSION_REJECTED", "3 state MARKS_DIFFER",
                                 "3 received_on MARKS_DIFFER"));
  Run({",yesterday", ",yesterday"});
  EXPECT_THAT(told_, ElementsAre("2 received_on DATE_FORMAT",
                                 "3  SUBMISSION_REJECTED"));
  Run({"RETURNED,", "RETURNED,"});
  EXPECT_THAT(told_, ElementsAre("2 state NOT_HANDED_IN",
                                 "3 state NOT_HANDED_IN"));
}

}  // namespace
}  // namespace welfare::survey
