#include "services/registry/store/history_writer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/engine/sqlite_database.h"
#include "tests/registry/samples.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

// One that cannot be read any more.
class LostStore final : public RegistryStore {
 public:
  absl::StatusOr<std::vector<CommitPtr>> LoadCommits(
      std::int64_t, const base::CallLimits&) override {
    return absl::UnavailableError("gone");
  }
  absl::Status Seal(base::Timestamp, const base::CallLimits&) override {
    return absl::UnavailableError("gone");
  }
};

class HistoryWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = platform::SqliteDatabase::OpenInMemory();
    ASSERT_OK(database);
    database_ = *std::move(database);
    auto store = SqlRegistryStore::Open(*database_, clock_);
    ASSERT_OK(store);
    store_ = *std::move(store);
  }

  // Adds a ward and answers with the version it has.
  absl::StatusOr<platform::WritePath::Outcome> AddWard(
      LiveHistory& live, bool validate_only = false,
      const std::string& request_id = "") {
    HistoryWriter writer(*store_, live, clock_);
    return writer.Run(
        {.key = {.request_id = request_id, .method = "Test", .body = "ward"},
         .actor = "tester",
         .limits = {}},
        validate_only,
        [this](const WriteContext& context) -> absl::StatusOr<WritePlan> {
          ++plans_;
          return WritePlan{.changes = {.municipalities = {MakeMunicipality(
                                           1, "131016", "千代田区")},
                                       .statuses = {}},
                           .resource = "municipalities/131016",
                           .audit_detail = {},
                           .reply = std::to_string(context.version)};
        });
  }

  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<SqlRegistryStore> store_;
  int plans_ = 0;
};

TEST_F(HistoryWriterTest, ShowsWhatItHasStored) {
  LiveHistory live(*store_);
  const auto outcome = AddWard(live);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome->reply, "1");
  EXPECT_EQ(live.Head()->version(), 1);
}

TEST_F(HistoryWriterTest, OnlyPlansWhereNothingIsToBeStored) {
  LiveHistory live(*store_);
  const auto outcome = AddWard(live, true);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome->reply, "0");
  EXPECT_EQ(store_->LoadCommits(0, {})->size(), 0U);
}

TEST_F(HistoryWriterTest, AnswersARepeatWithWhatWasStored) {
  LiveHistory live(*store_);
  ASSERT_OK(AddWard(live, false, "id-1"));
  const auto repeat = AddWard(live, false, "id-1");
  ASSERT_OK(repeat);
  EXPECT_TRUE(repeat->repeated);
  EXPECT_EQ(repeat->reply, "1");
  EXPECT_EQ(plans_, 1);
}

// The change is there; readers see it when the store can be read again.
TEST_F(HistoryWriterTest, FailsNoCallForWhatFollowsTheCommit) {
  LostStore lost;
  LiveHistory live(lost);
  const auto outcome = AddWard(live);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome->reply, "1");
  EXPECT_EQ(live.Head()->version(), 0);
  EXPECT_EQ(store_->LoadCommits(0, {})->size(), 1U);
}

}  // namespace
}  // namespace welfare::registry
