// A batch of an old questionnaire, read by a mapping.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/survey/errors.h"
#include "services/survey/files/import_plan.h"
#include "services/survey/files/import_run.h"
#include "services/survey/files/mapping_yaml.h"
#include "services/survey/files/submission_csv.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr MappingId kMapping = 99;

// A council is asked `place`, `shared`, and `place_days` where there is a
// place.
class MappedImport : public ::testing::Test {
 protected:
  MappedImport() {
    opened_.round.state = RoundState::kOpen;
    opened_.round.codebook = {.survey = "jusou", .version = "1"};
    opened_.codebook = sample::MakeCodebook();
    opened_.frame = std::make_shared<const Frame>(sample::MakeFrame());
    found_.emplace(opened_.round.name, opened_);
    Map("1");
  }

  void Map(const std::string& version) {
    std::vector<base::Violation> faults;
    const MappingDraft draft = ReadMapping("survey: jusou\ncodebook: '" +
                                               version + R"('
items:
- {from: 拠点, to: place, values: {ある: "yes", ない: "no"}, absences: {不明: UNKNOWN}}
- {from: 記述, to: shared}
- {from: 旧問, drop: no longer asked}
- {from: 件数, to: count, scale: 1000}
)",
                                           faults);
    mapping_ =
        AnswerMapping::Make(draft, kMapping, opened_.codebook, nullptr, faults);
    ASSERT_THAT(faults, IsEmpty());
  }

  static std::string Row(const std::string& item, const std::string& value,
                         const std::string& code = "131016") {
    return "jusou,2025," + code + ",council," + item + "," + value + ",,\n";
  }

  void Run(const std::string& rows,
           importing::Strategy strategy = importing::Strategy::kMerge,
           const std::vector<std::string>& unplaced = {}) {
    rows_ =
        "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
        "other_text,absence\n" +
        rows;
    auto batch = ReadImportBatch({.csv = rows_, .source_file = "a.csv"}, {}, {},
                                 strategy);
    ASSERT_OK(batch);
    const ImportPlan plan(found_, *std::move(batch), unplaced, strategy,
                          mapping_.get());
    unplaced_ = plan.UnplacedItems(10);
    std::map<base::RoundName, Round> rounds;
    for (const auto& [name, opened] : plan.rounds()) {
      rounds.emplace(name, opened.round);
    }
    ImportRun run(plan, rounds, {});
    changes_.clear();
    for (const ImportPlan::Entry& entry : plan.entries()) {
      auto change = run.Decide(entry, {});
      ASSERT_OK(change);
      if (*change) changes_.push_back(**std::move(change));
    }
    const ImportOutcome outcome = run.outcome();
    counts_ = outcome.counts;
    EXPECT_OK(importing::CheckAddsUp(outcome));
    int unchanged = 0;
    for (const auto& [group, counts] : outcome.groups) {
      unchanged += counts.unchanged;
    }
    EXPECT_EQ(unchanged, counts_.unchanged);
    rejects_ = outcome.rejects.Show().rejects;
    told_.clear();
    for (const importing::Reject& reject : rejects_) {
      told_.push_back(std::to_string(reject.line) + " " + reject.column + " " +
                      reject.reason + " " + reject.value);
    }
  }

  OpenedRound opened_{
      .round = {.name = {.survey = "jusou",
                         .fiscal_year = base::FiscalYear::FromChecked(2025)}}};
  NamedRounds found_;
  std::shared_ptr<const AnswerMapping> mapping_;
  std::string rows_;
  std::vector<PlannedChange> changes_;
  importing::ImportCounts counts_;
  std::vector<importing::Reject> rejects_;
  std::vector<std::string> told_;
  std::vector<std::string> unplaced_;
};

TEST_F(MappedImport, AnswersNameTheMappingThatTheyCameThrough) {
  Run(Row("拠点", "ない") + Row("記述", "text"));
  EXPECT_THAT(told_, IsEmpty());
  ASSERT_THAT(changes_, SizeIs(1));
  const std::vector<Answer>& answers = changes_[0].submission.answers;
  ASSERT_THAT(answers, SizeIs(2));
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.provenance, Provenance::kImported);
    EXPECT_EQ(answer.mapping, kMapping);
  }
  EXPECT_EQ(answers[1].content, Content(Codes{"no"}));
}

TEST_F(MappedImport, WhatAMappingSaysIsAnAbsenceIsOne) {
  Run(Row("拠点", "不明") + Row("記述", "#CLEAR"));
  EXPECT_THAT(told_, IsEmpty());
  ASSERT_THAT(changes_, SizeIs(1));
  EXPECT_EQ(changes_[0].submission.answers[1].content,
            Content(base::Absence::kUnknown));
}

TEST_F(MappedImport, UnknownItemsAndWordsAreRefusedWithTheirCandidates) {
  Run(Row("拠点", "あり") + Row("shared", "text") + Row("記述", "text"));
  EXPECT_THAT(told_, ElementsAre("2 value WORD_UNMAPPED あり",
                                 "3 item_id ITEM_UNMAPPED shared",
                                 "4  SUBMISSION_REJECTED "));
  EXPECT_THAT(rejects_[0].candidates, ElementsAre("yes"));
  EXPECT_THAT(rejects_[0].message, HasSubstr("for place; nearest: yes."));
  EXPECT_THAT(rejects_[0].message_ja, HasSubstr("（近いもの：yes）"));
  EXPECT_THAT(rejects_[1].candidates, ElementsAre("shared", "start"));
  EXPECT_THAT(changes_, IsEmpty());
  EXPECT_EQ(counts_.rejected, 3);
}

TEST_F(MappedImport, FaultsOfNumbersAreTold) {
  Run(Row("件数", "0.0001") + Row("拠点", "ない"));
  EXPECT_EQ(told_[0], "2 value NUMBER_NOT_WHOLE 0.1");
  Run(Row("件数", "約1") + Row("拠点", "ない"));
  EXPECT_EQ(told_[0], "2 value NUMBER_UNREADABLE 約1");
}

TEST_F(MappedImport, LeftOutItemsChangeNothingAndAreCounted) {
  Run(Row("拠点", "ない") + Row("旧問", "何か") + Row("旧問", "もう一度"));
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(counts_.unchanged, 2);
  EXPECT_EQ(counts_.created, 1);
  // Alone they make no submission, and refused ones keep theirs.
  Run(Row("旧問", "何か"));
  EXPECT_THAT(changes_, IsEmpty());
  EXPECT_EQ(counts_.unchanged, 1);
  Run(Row("旧問", "何か") + Row("拠点", "あり"));
  EXPECT_EQ(counts_.unchanged, 1);
  EXPECT_EQ(counts_.rejected, 1);
}

TEST_F(MappedImport, FaultsOfValuesShowWhatStandsInTheFile) {
  Run(Row("拠点", "ない") + Row("拠点", "ある"));
  EXPECT_THAT(told_, ElementsAre("2 item_id DUPLICATE_ANSWER 拠点",
                                 "3 item_id DUPLICATE_ANSWER 拠点"));
}

TEST_F(MappedImport, AMappingOfAnotherCodebookReadsNothing) {
  Map("2");
  Run(Row("拠点", "ない"));
  EXPECT_THAT(told_, ElementsAre("2  MAPPING_OTHER_CODEBOOK "));
}

TEST_F(MappedImport, RowsThatTellNoRespondentAreKnownByTheirNewNames) {
  const std::string good = Row("拠点", "ない") + Row("記述", "text");
  // It says everything, so it can have lost nothing.
  Run(good + Row("記述", "text", "131017"));
  EXPECT_THAT(told_, ElementsAre("2  SUBMISSION_REJECTED ",
                                 "3  SUBMISSION_REJECTED ",
                                 "4 municipality_code CHECK_DIGIT 131017"));
  EXPECT_THAT(unplaced_, ElementsAre("shared"));
  Run(good, importing::Strategy::kMerge, {"shared"});
  EXPECT_THAT(told_, IsEmpty());
  // It would leave blank what the other row says.
  Run(Row("拠点", "ない"), importing::Strategy::kMerge, {"shared"});
  EXPECT_THAT(told_, ElementsAre("2  SUBMISSION_REJECTED "));
  // What is left out can be nobody's loss.
  Run(Row("拠点", "ない") + Row("旧問", "何か", "x"));
  EXPECT_THAT(told_, ElementsAre("3 municipality_code CODE_FORMAT x"));
  EXPECT_THAT(unplaced_, IsEmpty());
}

}  // namespace
}  // namespace welfare::survey
