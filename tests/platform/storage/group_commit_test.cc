#include "services/platform/storage/group_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <deque>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/engine/open_database.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/work/background.h"
#include "tests/platform/storage/gate.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using support::IsOkAndHolds;
using support::WaitFor;

constexpr Query kMakeTable{
    "make_table", "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY)"};
constexpr Query kInsert{"insert_item", "INSERT INTO items (id) VALUES ($1)"};
constexpr Query kIds{"ids", "SELECT id FROM items ORDER BY id"};

absl::Status Insert(Transaction& transaction, std::int64_t id) {
  return transaction.Execute(kInsert, {id}).status();
}

class GroupCommitTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    auto sqlite = SqliteDatabase::OpenInMemory();
    ASSERT_OK(sqlite);
    auto gate = std::make_unique<Gate>(*std::move(sqlite));
    gate_ = gate.get();
    database_ = std::make_unique<GroupCommit>(std::move(gate), options_);
    ASSERT_OK(database_->Write([](Transaction& transaction) {
      return transaction.Execute(kMakeTable, {}).status();
    }));
  }

  // Runs `writes` together: one opens a transaction that is held back until
  // the others wait behind it. The first is alone, the rest is one group.
  std::vector<absl::Status> RunTogether(
      const std::vector<Database::WriteFunction>& writes) {
    gate_->writes = 0;
    gate_->Close();
    std::vector<absl::Status> results(writes.size());
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < writes.size(); ++i) {
        threads.emplace_back(
            [&, i] { results[i] = database_->Write(writes[i]); });
        if (i == 0) {
          EXPECT_TRUE(WaitFor([&] { return gate_->writes.load() == 1; }));
        }
      }
      // The others queue up within this; were one late, it would only be in a
      // group of its own.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      gate_->Open();
    }
    return results;
  }

  std::vector<std::int64_t> Ids() {
    auto ids = database_->Read([](Connection& connection) {
      return connection.List(kIds, {},
                             [](const Row& row) { return row.Int64(0); });
    });
    EXPECT_OK(ids);
    return ids.ok() ? *ids : std::vector<std::int64_t>{};
  }

  GroupCommit::Options options_;
  Gate* gate_ = nullptr;
  std::unique_ptr<GroupCommit> database_;
};

TEST_F(GroupCommitTest, ConcurrentWritesShareATransaction) {
  std::vector<Database::WriteFunction> writes;
  for (int i = 0; i < 10; ++i) {
    writes.push_back([i](Transaction& t) { return Insert(t, i); });
  }
  for (const absl::Status& status : RunTogether(writes)) {
    EXPECT_OK(status);
  }
  EXPECT_EQ(Ids().size(), 10u);
  EXPECT_EQ(gate_->writes.load(), 2);
}

TEST_F(GroupCommitTest, AFailingWriteLeavesItsGroupUntouched) {
  const auto results = RunTogether({
      [](Transaction& t) { return Insert(t, 1); },
      [](Transaction& t) { return Insert(t, 2); },
      [](Transaction& t) {
        EXPECT_OK(Insert(t, 3));
        return Insert(t, 3);
      },
      [](Transaction& t) -> absl::Status {
        EXPECT_OK(Insert(t, 4));
        throw 5;
      },
      [](Transaction& t) { return Insert(t, 6); },
  });
  EXPECT_OK(results[0]);
  EXPECT_OK(results[1]);
  EXPECT_STATUS(results[2], absl::StatusCode::kAlreadyExists);
  EXPECT_STATUS(results[3], absl::StatusCode::kInternal);
  EXPECT_OK(results[4]);
  EXPECT_THAT(Ids(), ::testing::ElementsAre(1, 2, 6));
}

TEST_F(GroupCommitTest, NobodySucceedsWhenTheCommitFails) {
  gate_->inner().FailNext(SqliteDatabase::FaultPoint::kCommit,
                          absl::UnavailableError("first"));
  gate_->inner().FailNext(SqliteDatabase::FaultPoint::kCommit,
                          absl::UnavailableError("group"));
  const auto results = RunTogether({
      [](Transaction& t) { return Insert(t, 1); },
      [](Transaction& t) { return Insert(t, 2); },
      [](Transaction& t) { return Insert(t, 3); },
  });
  for (const absl::Status& status : results) {
    EXPECT_STATUS(status, absl::StatusCode::kUnavailable);
  }
  EXPECT_THAT(Ids(), ::testing::IsEmpty());
}

TEST_F(GroupCommitTest, OnlyTheGuiltyFailsWhenTheTransactionIsGivenUp) {
  // An interrupted INSERT makes the engine roll everything back.
  const auto forever = [](Transaction& transaction) {
    return transaction
        .Execute({"forever",
                  "INSERT INTO items (id) WITH RECURSIVE n(i) AS (SELECT 100"
                  " UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"},
                 {})
        .status();
  };
  gate_->writes = 0;
  gate_->Close();
  absl::Status first;
  absl::Status second;
  absl::Status guilty;
  {
    std::jthread a([&] {
      first = database_->Write([](Transaction& t) { return Insert(t, 1); });
    });
    ASSERT_TRUE(WaitFor([&] { return gate_->writes.load() == 1; }));
    std::jthread b([&] {
      second = database_->Write([](Transaction& t) { return Insert(t, 2); });
    });
    std::jthread c([&] {
      guilty = database_->Write(
          base::CallLimits::After(std::chrono::milliseconds(600)), forever);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    gate_->Open();
  }
  EXPECT_OK(first);
  EXPECT_OK(second);
  EXPECT_STATUS(guilty, absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Ids(), ::testing::ElementsAre(1, 2));
}

TEST_F(GroupCommitTest, AWaitingWriteLeavesAtItsDeadline) {
  gate_->writes = 0;
  gate_->Close();
  std::jthread holder([&] {
    EXPECT_OK(database_->Write([](Transaction& t) { return Insert(t, 1); }));
  });
  ASSERT_TRUE(WaitFor([&] { return gate_->writes.load() == 1; }));
  EXPECT_STATUS(
      database_->Write(base::CallLimits::After(std::chrono::milliseconds(30)),
                       [](Transaction& t) { return Insert(t, 2); }),
      absl::StatusCode::kDeadlineExceeded);
  gate_->Open();
  holder.join();
  EXPECT_THAT(Ids(), ::testing::ElementsAre(1));
}

// Writes of threads that let others go first. All but the first wait behind a
// transaction that is held back, so that what goes before what is known.
class BackgroundWritesTest : public GroupCommitTest {
 protected:
  BackgroundWritesTest() {
    // What was written lately goes on counting as lately.
    options_.heed = std::chrono::hours(1);
  }

  void Hold() {
    gate_->writes = 0;
    gate_->Close();
    Start(false, [](Transaction& t) { return Insert(t, 0); });
    ASSERT_TRUE(WaitFor([&] { return gate_->writes.load() == 1; }));
  }

  // Starts a write and waits until it stands in its queue.
  void Start(bool background, Database::WriteFunction write) {
    const int before = database_->pool().writes_waiting;
    const bool held = gate_->writes.load() == 1;
    absl::Status& result = results_.emplace_back();
    threads_.emplace_back(
        [this, background, write = std::move(write), &result] {
          if (background) EnterBackground();
          result = database_->Write(write);
        });
    if (held) {
      ASSERT_TRUE(WaitFor(
          [&] { return database_->pool().writes_waiting == before + 1; }));
    }
  }

  // One that says when it ran.
  Database::WriteFunction Note(std::int64_t id) {
    return [this, id](Transaction& transaction) {
      order_.emplace_back(gate_->writes.load(), id);
      return Insert(transaction, id);
    };
  }

  // Lets all go on, and returns which ran in which transaction.
  std::vector<std::vector<std::int64_t>> Run() {
    gate_->Open();
    threads_.clear();  // joins
    std::vector<std::vector<std::int64_t>> transactions;
    int last = 0;
    for (const auto& [transaction, id] : order_) {
      if (transaction != last) transactions.emplace_back();
      last = transaction;
      transactions.back().push_back(id);
    }
    return transactions;
  }

  std::vector<std::pair<int, std::int64_t>> order_;  // by who commits
  std::deque<absl::Status> results_;
  std::vector<std::jthread> threads_;
};

using ::testing::ElementsAre;

TEST_F(BackgroundWritesTest, OthersGoFirstAndEachIsATransaction) {
  Hold();
  Start(true, Note(1));
  Start(true, Note(2));
  Start(false, Note(3));
  Start(false, Note(4));
  EXPECT_THAT(Run(),
              ElementsAre(ElementsAre(3, 4), ElementsAre(1), ElementsAre(2)));
  EXPECT_THAT(results_, ::testing::Each(support::IsOk()));
  EXPECT_THAT(Ids(), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(BackgroundWritesTest, WithNobodyElseTheyShareATransaction) {
  options_.heed = std::chrono::milliseconds(0);
  Open();
  gate_->writes = 0;
  gate_->Close();
  Start(true, Note(1));
  ASSERT_TRUE(WaitFor([&] { return gate_->writes.load() == 1; }));
  Start(true, Note(2));
  Start(true, Note(3));
  EXPECT_THAT(Run(), ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
  EXPECT_THAT(Ids(), ElementsAre(1, 2, 3));
}

TEST_F(BackgroundWritesTest, WhoComesWhileOneRunsIsCommittedWithIt) {
  gate_->writes = 0;
  std::vector<std::jthread> joining;
  const auto write = [&](Transaction& transaction) {
    joining.emplace_back([&] {
      EXPECT_OK(database_->Write([](Transaction& t) { return Insert(t, 2); }));
    });
    // One that fails takes nothing with it.
    joining.emplace_back([&] {
      EXPECT_STATUS(
          database_->Write([](Transaction& t) { return Insert(t, 1); }),
          absl::StatusCode::kAlreadyExists);
    });
    EXPECT_TRUE(WaitFor([&] { return database_->pool().writes_waiting == 2; }));
    return Insert(transaction, 1);
  };
  std::jthread background([&] {
    EnterBackground();
    EXPECT_OK(database_->Write(write));
  });
  background.join();
  joining.clear();  // joins
  EXPECT_EQ(gate_->writes.load(), 1);
  EXPECT_THAT(Ids(), ElementsAre(1, 2));
}

TEST_F(BackgroundWritesTest, WhoJoinsDoesNotFailByAFailureThatWasIgnored) {
  std::jthread joining;
  std::jthread background([&] {
    EnterBackground();
    EXPECT_STATUS(database_->Write([&](Transaction& transaction) {
      if (!joining.joinable()) {
        joining = std::jthread([&] {
          EXPECT_OK(
              database_->Write([](Transaction& t) { return Insert(t, 2); }));
        });
        EXPECT_TRUE(
            WaitFor([&] { return database_->pool().writes_waiting == 1; }));
      }
      EXPECT_OK(Insert(transaction, 1));
      Insert(transaction, 1).IgnoreError();
      return absl::OkStatus();
    }),
                  absl::StatusCode::kAlreadyExists);
  });
  background.join();
  joining.join();
  EXPECT_THAT(Ids(), ElementsAre(2));
}

TEST_F(BackgroundWritesTest, NobodyIsTakenBackWithOneThatFails) {
  Hold();
  Start(true, [](Transaction& t) {
    EXPECT_OK(Insert(t, 5));
    return absl::FailedPreconditionError("no");
  });
  Start(true, Note(6));
  Run();
  EXPECT_STATUS(results_[1], absl::StatusCode::kFailedPrecondition);
  EXPECT_OK(results_[2]);
  EXPECT_THAT(Ids(), ElementsAre(0, 6));
}

TEST_F(BackgroundWritesTest, NoneIsPassedForEver) {
  options_.max_group = 1;
  options_.most_passed = 2;
  Open();
  Hold();
  Start(true, Note(1));
  for (std::int64_t id = 2; id < 7; ++id) Start(false, Note(id));
  // Whoever waits then is committed with it.
  EXPECT_THAT(Run(),
              ElementsAre(ElementsAre(2), ElementsAre(3), ElementsAre(1, 4),
                          ElementsAre(5), ElementsAre(6)));
}

TEST_F(BackgroundWritesTest, OneThatWaitsLeavesAtItsDeadline) {
  Hold();
  std::jthread late([&] {
    EnterBackground();
    EXPECT_STATUS(
        database_->Write(base::CallLimits::After(std::chrono::milliseconds(30)),
                         Note(1)),
        absl::StatusCode::kDeadlineExceeded);
  });
  late.join();
  Start(true, Note(2));
  EXPECT_THAT(Run(), ElementsAre(ElementsAre(2)));
  EXPECT_THAT(Ids(), ElementsAre(0, 2));
}

// A child writes with four threads and reports each acknowledged id through a
// pipe; it is killed in the middle. Everything acknowledged must be there.
TEST(Durability, KillLosesNothingAcknowledged) {
  const support::TempDir folder;
  const std::string url = "sqlite:" + folder.File("kill.db");
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 3; ++round) {
    int pipe_fds[2];
    ASSERT_EQ(pipe(pipe_fds), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(pipe_fds[0]);
      auto database = OpenDatabase(url);
      if (!database.ok()) _exit(1);
      (*database)
          ->Write([](Transaction& transaction) {
            return transaction
                .Execute({"table",
                          "CREATE TABLE IF NOT EXISTS items (id BIGINT"
                          " NOT NULL PRIMARY KEY)"},
                         {})
                .status();
          })
          .IgnoreError();
      std::vector<std::thread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
          for (std::int64_t i = 0;; ++i) {
            const std::int64_t id = round * 10000000 + t * 1000000 + i;
            if ((*database)
                    ->Write([&](Transaction& transaction) {
                      return Insert(transaction, id);
                    })
                    .ok() &&
                write(pipe_fds[1], &id, sizeof id) < 0) {
              return;
            }
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      _exit(0);
    }
    close(pipe_fds[1]);
    std::int64_t id = 0;
    int count = 0;
    while (count < 200 && read(pipe_fds[0], &id, sizeof id) == sizeof id) {
      acknowledged.insert(id);
      ++count;
    }
    kill(child, SIGKILL);
    // What was in the pipe was acknowledged as well.
    while (read(pipe_fds[0], &id, sizeof id) == sizeof id) {
      acknowledged.insert(id);
    }
    waitpid(child, nullptr, 0);
    close(pipe_fds[0]);
    ASSERT_EQ(count, 200);
  }
  auto database = OpenDatabase(url);
  ASSERT_OK(database);
  const auto ids = (*database)->Read([](Connection& connection) {
    return connection.List(kIds, {},
                           [](const Row& row) { return row.Int64(0); });
  });
  ASSERT_OK(ids);
  const std::set<std::int64_t> stored(ids->begin(), ids->end());
  for (const std::int64_t id : acknowledged) {
    EXPECT_TRUE(stored.contains(id)) << id;
  }
}

TEST(OpenDatabase, RefusesWhatItCannotOpen) {
  EXPECT_STATUS(OpenDatabase("postgresql://x/y"),
                absl::StatusCode::kInvalidArgument, "DATABASE_URL_INVALID");
  EXPECT_STATUS(OpenDatabase("sqlite:"), absl::StatusCode::kInvalidArgument,
                "DATABASE_URL_INVALID");
  EXPECT_STATUS(OpenDatabase("sqlite:///proc/nowhere/x.db"),
                absl::StatusCode::kFailedPrecondition, "DATA_FOLDER_UNUSABLE");
}

}  // namespace
}  // namespace welfare::platform
