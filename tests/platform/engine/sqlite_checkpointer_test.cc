#include "services/platform/engine/sqlite_checkpointer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "services/platform/engine/sqlite_session.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

constexpr int kAtOnce = 80;
constexpr int kMost = 1'000;

// A checkpointer whose turns are counted, and wait where they are told to.
class Turns {
 public:
  Turns() {
    auto session = SqliteSession::Open(folder_.File("a.db"),
                                       /*read_only=*/false,
                                       std::chrono::milliseconds(5000));
    EXPECT_OK(session);
    checkpointer_ = std::make_unique<SqliteCheckpointer>(
        *std::move(session),
        SqliteCheckpointer::Options{.path = folder_.File("a.db"),
                                    .pages_at_once = kAtOnce,
                                    .most_pages = kMost,
                                    .take_fault = [this] { return Take(); }});
  }
  ~Turns() { Release(); }

  SqliteCheckpointer& checkpointer() { return *checkpointer_; }

  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Release() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    changed_.notify_all();
  }
  // How many there are, once there are `at_least`.
  int Count(int at_least = 0) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_ >= at_least; });
    return begun_;
  }
  // The same, once none is under way.
  int Ended(int at_least) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= at_least && ended_ == begun_; });
    return ended_;
  }

 private:
  absl::Status Take() {
    std::unique_lock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    ++ended_;
    changed_.notify_all();
    return absl::OkStatus();
  }

  const support::TempDir folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int begun_ = 0;
  int ended_ = 0;
  std::unique_ptr<SqliteCheckpointer>
      checkpointer_;  // last: it uses the others
};

TEST(SqliteCheckpointer, AShortLogIsBroughtByTheThreadAlone) {
  Turns turns;
  turns.checkpointer().Written(kAtOnce - 1);
  turns.checkpointer().MakeRoom();
  EXPECT_EQ(turns.Count(), 0);
  turns.checkpointer().Written(kAtOnce);
  EXPECT_EQ(turns.Ended(1), 1);
  turns.checkpointer().MakeRoom();
  EXPECT_EQ(turns.Count(), 1);
}

TEST(SqliteCheckpointer, AWriteWaitsForLittleOnly) {
  Turns turns;
  turns.Hold();
  turns.checkpointer().Written(kMost / 2);
  EXPECT_EQ(turns.Count(1), 1);
  // The thread is at it, and has much to do: this one does not wait for it.
  turns.checkpointer().MakeRoom();
  turns.checkpointer().Written(kMost / 2 + kAtOnce);
  turns.checkpointer().MakeRoom();
  EXPECT_EQ(turns.Count(), 1);
  // It goes on until little is left, which no turn of its own is made for.
  turns.Release();
  EXPECT_EQ(turns.Ended(2), 2);
  turns.checkpointer().Written(kMost / 2 + kAtOnce + 1);
  EXPECT_EQ(turns.Count(), 2);
  // That is what a write brings there itself, as soon as the thread rests.
  while (turns.Count() == 2) turns.checkpointer().MakeRoom();
  EXPECT_EQ(turns.Count(), 3);
  // It need not help: who reads may keep the log. Not each write tries again.
  turns.checkpointer().Written(kMost / 2 + kAtOnce + 2);
  turns.checkpointer().MakeRoom();
  EXPECT_EQ(turns.Count(), 3);
}

TEST(SqliteCheckpointer, AFullLogIsWaitedFor) {
  Turns turns;
  turns.Hold();
  turns.checkpointer().Written(kMost);
  EXPECT_EQ(turns.Count(1), 1);
  std::thread write([&] { turns.checkpointer().MakeRoom(); });
  turns.Release();
  write.join();
  EXPECT_EQ(turns.Count(2), 2);
}

}  // namespace
}  // namespace welfare::platform
