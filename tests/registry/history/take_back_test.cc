// Taking a status record back undoes one step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "services/registry/history/draft.h"
#include "services/registry/history/plans.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;

class TakeBackTest : public ::testing::Test {
 protected:
  TakeBackTest() {
    history_ =
        Extend(History(),
               {.municipalities = {MakeMunicipality(1, "131016", "千代田区")},
                .statuses = {}});
  }

  void Record(Implementing implementing, const std::string& note = "") {
    Draft draft(*history_);
    ASSERT_OK(RecordStatus(draft, "jusou", Code("131016"),
                           {.fiscal_year = Year(2025),
                            .facts = {implementing, Preparation::kNo},
                            .note = note,
                            .reason = "訂正",
                            .correction = true},
                           "")
                  .status());
    history_ = Extend(*history_, draft.TakeChanges());
  }

  absl::StatusOr<StatusRecord> TakeBack() {
    Draft draft(*history_);
    auto record =
        RetractStatus(draft, "jusou", Code("131016"), Year(2025), "", "誤り");
    if (record.ok()) history_ = Extend(*history_, draft.TakeChanges());
    return record;
  }

  std::optional<Implementing> At(std::int64_t version) const {
    const StatusRecord* record =
        history_->At(version).FindStatus("jusou", Code("131016"), Year(2025));
    if (record == nullptr) return std::nullopt;
    return record->facts.implementing;
  }
  std::optional<Implementing> Now() const { return At(history_->version()); }

  HistoryPtr history_;
};

TEST_F(TakeBackTest, ACorrectionTakenBackLeavesWhatItHadCorrected) {
  Record(Implementing::kNo, "区の回答");
  Record(Implementing::kYes);
  const auto taken = TakeBack();
  ASSERT_OK(taken);
  EXPECT_FALSE(taken->retracted);
  EXPECT_EQ(taken->restores, 2);
  EXPECT_EQ(taken->note, "区の回答");
  EXPECT_EQ(taken->reason, "誤り");
  EXPECT_EQ(Now(), Implementing::kNo);
  // Both stand in history.
  EXPECT_EQ(At(3), Implementing::kYes);
  EXPECT_EQ(history_->AtHead().StatusRecordsOf(Code("131016")).size(), 3U);
  // One step more, and nothing is known; then there is nothing to take back.
  const auto last = TakeBack();
  ASSERT_OK(last);
  EXPECT_TRUE(last->retracted);
  EXPECT_EQ(Now(), std::nullopt);
  EXPECT_STATUS(TakeBack().status(), StatusCode::kNotFound, "STATUS_NOT_FOUND");
}

TEST_F(TakeBackTest, StepByStep) {
  Record(Implementing::kNo);
  Record(Implementing::kYes);
  Record(Implementing::kEnded);
  ASSERT_OK(TakeBack());
  EXPECT_EQ(Now(), Implementing::kYes);
  // A correction after that is laid over what is in force.
  Record(Implementing::kNo);
  ASSERT_OK(TakeBack());
  EXPECT_EQ(Now(), Implementing::kYes);
  ASSERT_OK(TakeBack());
  EXPECT_EQ(Now(), Implementing::kNo);
  ASSERT_OK(TakeBack());
  EXPECT_EQ(Now(), std::nullopt);
  Record(Implementing::kYes);
  EXPECT_EQ(Now(), Implementing::kYes);
  ASSERT_OK(TakeBack());
  EXPECT_EQ(Now(), std::nullopt);
}

// Before there were steps a record taken back left nothing.
TEST_F(TakeBackTest, WhatAnEarlierVersionTookBackStaysSo) {
  Record(Implementing::kNo);
  Record(Implementing::kYes);
  StatusRecord old =
      MakeStatus(1, "131016", 2025, Implementing::kYes, Preparation::kNo);
  old.retracted = true;
  history_ = Extend(*history_, {.municipalities = {}, .statuses = {old}});
  EXPECT_EQ(Now(), std::nullopt);
  Record(Implementing::kEnded);
  const auto taken = TakeBack();
  ASSERT_OK(taken);
  EXPECT_TRUE(taken->retracted);
  EXPECT_EQ(Now(), std::nullopt);
}

TEST_F(TakeBackTest, TwoCodesOfOneMunicipalityMakeNoMerger) {
  MunicipalityRecord city{
      .id = 1, .first_code = Code("131016"), .valid_from = Year(2019)};
  city.says.code = Code("131024");
  history_ = Extend(*history_, {.municipalities = {city}, .statuses = {}});
  Draft draft(*history_);
  LineageProposal proposal{.event = {}, .created = {}, .renamed = {}};
  proposal.event.kind = LineageKind::kMerger;
  proposal.event.fiscal_year = Year(2025);
  proposal.event.predecessors = {Code("131016"), Code("131024")};
  proposal.event.successors = {Code("131016")};
  EXPECT_STATUS(RecordLineage(draft, proposal).status(),
                StatusCode::kInvalidArgument, "LINEAGE_SHAPE");
}

}  // namespace
}  // namespace welfare::registry
