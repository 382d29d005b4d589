#include "services/registry/live_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using support::IsOk;
using support::StatusIs;

// Keeps commits in a list. Its writes are planned on the whole history.
class ListStore final : public RegistryStore {
 public:
  absl::StatusOr<std::vector<CommitPtr>> LoadCommits(
      std::int64_t version, const StoreLimits&) override {
    const std::lock_guard lock(mutex_);
    const auto commits = history_->CommitsAfter(version);
    return std::vector<CommitPtr>(commits.begin(), commits.end());
  }

  absl::StatusOr<std::string> Write(const WriteRequest&, const History&,
                                    const PlanWrite& plan) override {
    const std::lock_guard lock(mutex_);
    auto planned = plan({.current = *history_,
                         .version = history_->version() + 1,
                         .recorded_time = {}});
    if (!planned.ok()) return planned.status();
    if (!planned->changes.empty()) {
      history_ = Extend(*history_, planned->changes);
    }
    return planned->reply;
  }

 private:
  std::mutex mutex_;
  HistoryPtr history_ = std::make_shared<const History>();
};

void Record(RegistryStore& store, Changes changes) {
  ASSERT_THAT(
      store.Write({}, History(),
                  [&](const WriteContext&) -> absl::StatusOr<WritePlan> {
                    return WritePlan{
                        .changes = changes, .audit_detail = "", .reply = ""};
                  }),
      IsOk());
}

Changes TwoWards() {
  return {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                             MakeMunicipality(2, "131024", "中央区")},
          .statuses = {}};
}

TEST(LiveHistory, ShowsACommitOnlyAfterCatchingUp) {
  ListStore store;
  LiveHistory live(store);
  Record(store, TwoWards());
  EXPECT_EQ(live.Head()->version(), 0);
  EXPECT_THAT(live.CatchUp(), IsOk());
  EXPECT_EQ(live.Head()->version(), 1);
}

TEST(LiveHistory, GivesUpWaitingAtTheDeadline) {
  ListStore store;
  const LiveHistory live(store);
  EXPECT_THAT(
      live.WaitFor(1,
                   {.deadline = std::chrono::steady_clock::now(), .stop = {}}),
      StatusIs(absl::StatusCode::kDeadlineExceeded, "MIN_VERSION_NOT_REACHED"));
}

TEST(LiveHistory, StopsWaitingWhenCalledOff) {
  ListStore store;
  const LiveHistory live(store);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_THAT(
      live.WaitFor(1, {.stop = stop.get_token()}),
      StatusIs(absl::StatusCode::kDeadlineExceeded, "MIN_VERSION_NOT_REACHED"));
}

TEST(LiveHistory, WakesAReaderThatWaitsForAVersion) {
  ListStore store;
  LiveHistory live(store);
  std::jthread writer([&] {
    Record(store, TwoWards());
    EXPECT_THAT(live.CatchUp(), IsOk());
  });
  const auto head = live.WaitFor(1, {});
  ASSERT_THAT(head, IsOk());
  EXPECT_GE((*head)->version(), 1);
}

TEST(LiveHistory, LeavesAMomentOpenWhileAWriteOfItIsUnderWay) {
  ListStore store;
  LiveHistory live(store);
  const base::Timestamp start = Time("2025-06-01T00:00:00Z");
  const StoreLimits now{.deadline = std::chrono::steady_clock::now(),
                        .stop = {}};
  {
    const LiveHistory::PendingWrite pending(live, start);
    EXPECT_TRUE(live.IsSettled(start - std::chrono::microseconds(1)));
    EXPECT_FALSE(live.IsSettled(start));
    EXPECT_THAT(
        live.WaitUntilSettled(start, now),
        StatusIs(absl::StatusCode::kDeadlineExceeded, "KNOWN_AT_NOT_SETTLED"));
  }
  EXPECT_TRUE(live.IsSettled(start));
  EXPECT_THAT(live.WaitUntilSettled(start, now), IsOk());
}

TEST(LiveHistory, WakesAReaderThatWaitsForAWriteToEnd) {
  ListStore store;
  LiveHistory live(store);
  const base::Timestamp start = Time("2025-06-01T00:00:00Z");
  auto pending = std::make_unique<LiveHistory::PendingWrite>(live, start);
  std::jthread writer([&] {
    Record(store, TwoWards());
    EXPECT_THAT(live.CatchUp(), IsOk());
    pending.reset();
  });
  const auto head = live.WaitUntilSettled(start, {});
  ASSERT_THAT(head, IsOk());
  EXPECT_EQ((*head)->version(), 1);
}

// Every version changes two municipalities in opposite ways, so a reader that
// saw half a change would find both running the programme, or none.
TEST(LiveHistory, NeverShowsHalfAChange) {
  ListStore store;
  LiveHistory live(store);
  Record(store, TwoWards());
  ASSERT_THAT(live.CatchUp(), IsOk());
  std::atomic<int> writers_left{2};
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < 2; ++writer) {
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i) {
          const auto flip =
              [](const WriteContext& context) -> absl::StatusOr<WritePlan> {
            const bool first = context.version % 2 == 0;
            return WritePlan{
                .changes = {.municipalities = {},
                            .statuses = {MakeStatus(1, "131016", 2025,
                                                    first ? Implementing::kYes
                                                          : Implementing::kNo,
                                                    Preparation::kNo),
                                         MakeStatus(2, "131024", 2025,
                                                    first ? Implementing::kNo
                                                          : Implementing::kYes,
                                                    Preparation::kNo)}},
                .audit_detail = "",
                .reply = ""};
          };
          EXPECT_THAT(store.Write({}, *live.Head(), flip), IsOk());
          EXPECT_THAT(live.CatchUp(), IsOk());
        }
        --writers_left;
      });
    }
    for (int reader = 0; reader < 2; ++reader) {
      threads.emplace_back([&] {
        std::int64_t last = 0;
        while (writers_left > 0) {
          const HistoryPtr head = live.Head();
          EXPECT_GE(head->version(), last);
          last = head->version();
          if (last < 2) continue;
          const RegistryView view = head->AtHead();
          const StatusRecord* first =
              view.FindStatus("jusou", Code("131016"), Year(2025));
          const StatusRecord* second =
              view.FindStatus("jusou", Code("131024"), Year(2025));
          ASSERT_NE(first, nullptr);
          ASSERT_NE(second, nullptr);
          EXPECT_EQ(first->version, second->version);
          EXPECT_NE(first->facts, second->facts);
        }
      });
    }
  }
  EXPECT_EQ(live.Head()->version(), 201);
}

}  // namespace
}  // namespace welfare::registry
