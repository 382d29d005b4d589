#include "services/platform/storage/group_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>
#include <vector>

#include "services/platform/engine/open_database.h"
#include "services/platform/engine/sqlite_database.h"
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
  void SetUp() override {
    auto sqlite = SqliteDatabase::OpenInMemory();
    ASSERT_OK(sqlite);
    auto gate = std::make_unique<Gate>(*std::move(sqlite));
    gate_ = gate.get();
    database_ = std::make_unique<GroupCommit>(std::move(gate));
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
