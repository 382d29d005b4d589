#include "services/registry/store/live_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/registry/history/plans.h"
#include "services/registry/history/roster.h"
#include "services/registry/history/state_digest.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

// Keeps commits in a list. Its writes are planned on the whole history.
class ListStore final : public RegistryStore {
 public:
  absl::StatusOr<std::vector<CommitPtr>> LoadCommits(
      std::int64_t version, const base::CallLimits&) override {
    const std::lock_guard lock(mutex_);
    const auto commits = history_->CommitsAfter(version);
    return std::vector<CommitPtr>(commits.begin(), commits.end());
  }

  absl::Status Write(
      const std::function<absl::StatusOr<Changes>(const History&)>& plan) {
    const std::lock_guard lock(mutex_);
    const auto changes = plan(*history_);
    if (!changes.ok()) return changes.status();
    if (!changes->empty()) history_ = Extend(*history_, *changes);
    return absl::OkStatus();
  }

  absl::Status Seal(base::Timestamp, const base::CallLimits&) override {
    const std::lock_guard lock(mutex_);
    ++seals_;
    return seal_;
  }

  void FailSeals(absl::Status status) {
    const std::lock_guard lock(mutex_);
    seal_ = std::move(status);
  }
  int seals() {
    const std::lock_guard lock(mutex_);
    return seals_;
  }

 private:
  std::mutex mutex_;
  int seals_ = 0;
  absl::Status seal_;
  HistoryPtr history_ = std::make_shared<const History>();
};

void Record(ListStore& store, const Changes& changes) {
  ASSERT_OK(store.Write([&](const History&) { return changes; }));
}

Changes AddTwoWards() {
  return {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                             MakeMunicipality(2, "131024", "中央区")},
          .statuses = {}};
}

TEST(LiveHistory, ShowsACommitOnlyAfterCatchingUp) {
  ListStore store;
  LiveHistory live(store);
  Record(store, AddTwoWards());
  EXPECT_EQ(live.Head()->version(), 0);
  EXPECT_OK(live.CatchUp());
  EXPECT_EQ(live.Head()->version(), 1);
}

TEST(LiveHistory, TellsEachVersionThatItShows) {
  ListStore store;
  std::vector<std::int64_t> told;
  LiveHistory live(store, "store-a",
                   [&](std::int64_t version) { told.push_back(version); });
  ASSERT_OK(live.CatchUp());
  EXPECT_TRUE(told.empty());
  Record(store, AddTwoWards());
  ASSERT_OK(live.CatchUp());
  EXPECT_EQ(told, std::vector<std::int64_t>{1});
  EXPECT_EQ(live.Head()->incarnation(), "store-a");
}

TEST(LiveHistory, SealsAMomentOnceAndShowsWhatWasWrittenBefore) {
  ListStore store;
  LiveHistory live(store);
  const base::Timestamp moment = Time("2025-06-01T00:00:00Z");
  EXPECT_FALSE(live.IsSettled(moment));
  Record(store, AddTwoWards());  // by another process: not seen here yet
  const auto head = live.Settle(moment, {});
  ASSERT_OK(head);
  EXPECT_EQ((*head)->version(), 1);
  EXPECT_TRUE(live.IsSettled(moment));
  EXPECT_FALSE(live.IsSettled(moment + std::chrono::microseconds(1)));
  EXPECT_OK(live.Settle(moment, {}));
  EXPECT_OK(live.Settle(moment - std::chrono::hours(1), {}));
  EXPECT_EQ(store.seals(), 1);
}

TEST(LiveHistory, LeavesAMomentOpenThatCannotBeSealed) {
  ListStore store;
  LiveHistory live(store);
  const base::Timestamp moment = Time("2025-06-01T00:00:00Z");
  store.FailSeals(absl::DeadlineExceededError("a write is under way"));
  EXPECT_STATUS(live.Settle(moment, {}), absl::StatusCode::kDeadlineExceeded,
                "KNOWN_AT_NOT_SETTLED");
  store.FailSeals(absl::UnavailableError("gone"));
  EXPECT_STATUS(live.Settle(moment, {}), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(live.IsSettled(moment));
  store.FailSeals(absl::OkStatus());
  EXPECT_OK(live.Settle(moment, {}));
}

// Every write moves two things at once; whatever version a reader looks at,
// before, at or behind the head, they have moved together, and a version says
// the same to everybody who ever reads it.
TEST(LiveHistory, ReadersNeverSeeHalfACommitAtAnyVersion) {
  ListStore store;
  LiveHistory live(store);
  const base::MunicipalityCode first = Code("131016");
  const base::MunicipalityCode second = Code("131024");
  const auto swap = [&](int turn) {
    return store.Write([&](const History& current) -> absl::StatusOr<Changes> {
      Draft draft(current);
      const bool even = turn % 2 == 0;
      for (const auto& [code, runs] :
           {std::pair(first, even), std::pair(second, !even)}) {
        MunicipalityUpdate update{.code = code};
        update.says.population_band = "turn_" + std::to_string(turn);
        const auto updated = UpdateMunicipality(draft, update);
        if (!updated.ok()) return updated.status();
        const auto recorded = RecordStatus(
            draft, "jusou", code,
            {.fiscal_year = Year(2025),
             .facts = {runs ? Implementing::kYes : Implementing::kNo,
                       Preparation::kNo},
             .note = "",
             .reason = "入れ替え",
             .correction = true},
            "");
        if (!recorded.ok()) return recorded.status();
      }
      return draft.TakeChanges();
    });
  };
  Record(store, AddTwoWards());
  ASSERT_OK(swap(0));
  ASSERT_OK(live.CatchUp());
  constexpr int kWriters = 2;
  constexpr int kTurns = 60;
  std::mutex mutex;
  std::map<std::int64_t, std::string> digests;  // guarded by mutex
  std::atomic<int> writing{kWriters};
  std::atomic<int> reads{0};
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, writer] {
        for (int turn = 1; turn <= kTurns; ++turn) {
          EXPECT_OK(swap(turn * kWriters + writer));
          EXPECT_OK(live.CatchUp());
        }
        --writing;
      });
    }
    for (int reader = 0; reader < 3; ++reader) {
      threads.emplace_back([&, reader] {
        std::mt19937 random(static_cast<unsigned>(reader));
        std::int64_t last = 0;
        do {
          const HistoryPtr head = live.Head();
          ASSERT_GE(head->version(), last);
          last = head->version();
          const std::int64_t version =
              2 + static_cast<std::int64_t>(random()) % (last - 1);
          const RegistryView view = head->At(version);
          const Roster roster = ComputeRoster(view, Jusou(), Year(2025));
          ASSERT_EQ(roster.counts.implementing, 1) << version;
          ASSERT_EQ(roster.entries[0].facts->population_band,
                    roster.entries[1].facts->population_band);
          const std::string digest = ComputeState(view).digest;
          const std::lock_guard lock(mutex);
          ASSERT_EQ(digests.try_emplace(version, digest).first->second, digest);
          ++reads;
        } while (writing > 0);
      });
    }
  }
  EXPECT_GT(reads, 100);
  EXPECT_EQ(live.Head()->version(), 2 + kWriters * kTurns);
}

}  // namespace
}  // namespace welfare::registry
