// What only PostgreSQL can do to us: servers that go and come, other writers.
// What services rely on is in database_test.cc.
#include "services/platform/engine/postgres_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/storage/group_commit.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using std::chrono::milliseconds;
using support::IsOkAndHolds;
using support::PostgresServer;
using support::WaitFor;
using ::testing::IsSupersetOf;

constexpr Query kMakeTable{
    "make_table",
    "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY);"
    "CREATE TABLE counter (value BIGINT NOT NULL);"
    "INSERT INTO counter (value) VALUES (0)"};
constexpr Query kInsert{"insert_item", "INSERT INTO items (id) VALUES ($1)"};
constexpr Query kIds{"ids", "SELECT id FROM items ORDER BY id"};
constexpr Query kDie{"die", "SELECT pg_terminate_backend(pg_backend_pid())"};

absl::Status Insert(Database& database, std::int64_t id,
                    const base::CallLimits& limits =
                        base::CallLimits::After(Database::kDefaultTimeout)) {
  return database.Write(limits, [&](Transaction& transaction) {
    return transaction.Execute(kInsert, {id}).status();
  });
}

absl::StatusOr<std::vector<std::int64_t>> Ids(Database& database) {
  return database.Read([](Connection& connection) {
    return connection.List(kIds, {},
                           [](const Row& row) { return row.Int64(0); });
  });
}

// A thread that holds a Read or Write open until it is told to end.
class Holder {
 public:
  Holder(Database& database, bool write) {
    std::promise<void> begun;
    std::future<void> holding = begun.get_future();
    thread_ = std::jthread([this, &database, write, &begun] {
      const auto hold = [&](auto&) {
        begun.set_value();
        end_.get_future().wait();
        return absl::OkStatus();
      };
      EXPECT_OK(write ? database.Write(hold) : database.Read(hold));
    });
    holding.wait();
  }
  ~Holder() { End(); }
  void End() {
    if (!thread_.joinable()) return;
    end_.set_value();
    thread_.join();
  }

 private:
  std::promise<void> end_;
  std::jthread thread_;
};

class PostgresDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database_ = Open();
    ASSERT_NE(database_, nullptr);
    ASSERT_OK(database_->Write([](Transaction& transaction) {
      return transaction.ExecuteScript(kMakeTable);
    }));
  }

  // One more object on the same schema, as another process has it.
  std::unique_ptr<PostgresDatabase> Open(int connections = 8) {
    auto database =
        PostgresDatabase::Open({.url = url_,
                                .schema = support::SchemaOf(folder_),
                                .connections = connections});
    EXPECT_OK(database);
    return database.ok() ? *std::move(database) : nullptr;
  }

  const std::string url_ = PostgresServer::SharedUrl();
  support::TempDir folder_;  // for its random name
  std::unique_ptr<PostgresDatabase> database_;
};

TEST_F(PostgresDatabaseTest, WritesOfTwoProcessesNeverInterleave) {
  const auto other = Open();
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (Database* database : {static_cast<Database*>(database_.get()),
                               static_cast<Database*>(other.get())}) {
      for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&failures, database] {
          for (int i = 0; i < 20; ++i) {
            // Read, think, write: loses updates unless the writes take turns.
            const absl::Status status =
                database->Write([](Transaction& transaction) -> absl::Status {
                  WELFARE_ASSIGN_OR_RETURN(
                      const std::int64_t value,
                      transaction.Get(
                          {"get", "SELECT value FROM counter"}, {},
                          [](const Row& row) { return row.Int64(0); }));
                  return transaction
                      .Execute({"set", "UPDATE counter SET value = $1"},
                               {value + 1})
                      .status();
                });
            if (!status.ok()) ++failures;
          }
        });
      }
    }
  }
  EXPECT_EQ(failures.load(), 0);
  EXPECT_THAT(database_->Read([](Connection& connection) {
    return connection.Get({"get", "SELECT value FROM counter"}, {},
                          [](const Row& row) { return row.Int64(0); });
  }),
              IsOkAndHolds(120));
}

TEST_F(PostgresDatabaseTest, SchemasDoNotWaitForEachOther) {
  const support::TempDir folder;
  auto other = PostgresDatabase::Open(
      {.url = url_, .schema = support::SchemaOf(folder)});
  ASSERT_OK(other);
  const Holder holder(*database_, true);
  EXPECT_OK((*other)->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
}

TEST_F(PostgresDatabaseTest, ReadersSeeTheStateBeforeAWriteThatRuns) {
  const auto other = Open();
  ASSERT_OK(Insert(*database_, 1));
  EXPECT_OK(database_->Write([&](Transaction& transaction) {
    EXPECT_OK(transaction.Execute(kInsert, {2}));
    EXPECT_THAT(Ids(*other), IsOkAndHolds(::testing::ElementsAre(1)));
    return absl::OkStatus();
  }));
  EXPECT_THAT(Ids(*other), IsOkAndHolds(::testing::ElementsAre(1, 2)));
}

TEST_F(PostgresDatabaseTest, AReadSeesOneState) {
  const auto other = Open();
  EXPECT_OK(database_->Read([&](Connection& connection) -> absl::Status {
    for (int i = 1; i <= 2; ++i) {
      WELFARE_ASSIGN_OR_RETURN(
          const std::int64_t count,
          connection.Get({"count", "SELECT COUNT(*) FROM items"}, {},
                         [](const Row& row) { return row.Int64(0); }));
      EXPECT_EQ(count, 0);
      EXPECT_OK(Insert(*other, i));
    }
    return absl::OkStatus();
  }));
}

TEST_F(PostgresDatabaseTest, WaitingForAConnectionEnds) {
  const auto small = Open(1);
  Holder holder(*small, false);
  EXPECT_STATUS(Insert(*small, 1, base::CallLimits::After(milliseconds(30))),
                absl::StatusCode::kDeadlineExceeded);
  std::stop_source source;
  base::CallLimits limits = base::CallLimits::After(std::chrono::seconds(30));
  limits.stop = source.get_token();
  auto waiting =
      std::async(std::launch::async, [&] { return Insert(*small, 1, limits); });
  source.request_stop();
  EXPECT_STATUS(waiting.get(), absl::StatusCode::kCancelled);
  holder.End();
  EXPECT_OK(Insert(*small, 1));
  EXPECT_EQ(small->pool().open, 1);
}

TEST_F(PostgresDatabaseTest, ReadersLeaveOneConnectionToTheWriter) {
  const auto small = Open(3);
  const Holder one(*small, false);
  const Holder two(*small, false);
  EXPECT_STATUS(small->Read(base::CallLimits::After(milliseconds(30)),
                            [](Connection&) { return absl::OkStatus(); }),
                absl::StatusCode::kDeadlineExceeded);
  EXPECT_OK(Insert(*small, 1));
}

TEST_F(PostgresDatabaseTest, WaitingForTheLockEnds) {
  const auto other = Open();
  Holder holder(*database_, true);
  EXPECT_STATUS(Insert(*other, 1, base::CallLimits::After(milliseconds(50))),
                absl::StatusCode::kDeadlineExceeded);
  std::stop_source source;
  base::CallLimits limits = base::CallLimits::After(std::chrono::seconds(30));
  limits.stop = source.get_token();
  auto waiting =
      std::async(std::launch::async, [&] { return Insert(*other, 1, limits); });
  source.request_stop();
  EXPECT_STATUS(waiting.get(), absl::StatusCode::kCancelled);
  holder.End();
  EXPECT_OK(Insert(*other, 1));
}

TEST_F(PostgresDatabaseTest, ACancelledStatementKeepsItsConnection) {
  const auto small = Open(1);
  const auto process = [&] {
    return small->Read([](Connection& connection) {
      return connection.Get({"pid", "SELECT pg_backend_pid()"}, {},
                            [](const Row& row) { return row.Int64(0); });
    });
  };
  const auto before = process();
  EXPECT_STATUS(small->Read(base::CallLimits::After(milliseconds(50)),
                            [](Connection& connection) {
                              return connection.ForEach(
                                  {"sleep", "SELECT 1 FROM pg_sleep(60)"}, {},
                                  [](const Row&) { return absl::OkStatus(); });
                            }),
                absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(*process(), *before);
}

TEST_F(PostgresDatabaseTest, AnIsolatedDeadlineUndoesOnlyItself) {
  EXPECT_OK(database_->Write([](Transaction& transaction) {
    EXPECT_STATUS(transaction.Isolated(
                      base::CallLimits::After(milliseconds(50)),
                      [](Transaction& inner) {
                        return inner
                            .Execute({"sleep", "SELECT pg_sleep(60)"}, {})
                            .status();
                      }),
                  absl::StatusCode::kDeadlineExceeded);
    EXPECT_FALSE(transaction.broken());
    return transaction.Execute(kInsert, {1}).status();
  }));
}

TEST_F(PostgresDatabaseTest, ALostConnectionBreaksTheWrite) {
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    EXPECT_OK(transaction.Execute(kInsert, {1}));
    EXPECT_STATUS(
        transaction.Isolated({},
                             [](Transaction& inner) {
                               return inner.Execute(kDie, {}).status();
                             }),
        absl::StatusCode::kUnavailable);
    EXPECT_TRUE(transaction.broken());
    return absl::OkStatus();
  }),
                absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE");
  EXPECT_THAT(Ids(*database_), IsOkAndHolds(::testing::IsEmpty()));
}

TEST_F(PostgresDatabaseTest, AConnectionLostAtTheCommitIsUnavailable) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"die_at_commit",
         "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $body$"
         " BEGIN PERFORM pg_terminate_backend(pg_backend_pid());"
         " RETURN NULL; END $body$;"
         "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON items"
         " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
         " EXECUTE FUNCTION die()"});
  }));
  EXPECT_STATUS(Insert(*database_, 1), absl::StatusCode::kUnavailable,
                "DATABASE_UNAVAILABLE");
  EXPECT_THAT(Ids(*database_), IsOkAndHolds(::testing::IsEmpty()));
}

TEST_F(PostgresDatabaseTest, ARuleCheckedAtTheCommitIsAConstraintViolation) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"parts",
         "CREATE TABLE parts (item BIGINT REFERENCES items (id)"
         " DEFERRABLE INITIALLY DEFERRED)"});
  }));
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    return transaction
        .Execute({"part", "INSERT INTO parts (item) VALUES (1)"}, {})
        .status();
  }),
                absl::StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION");
}

TEST_F(PostgresDatabaseTest, AppendOnlyTablesRefuseTruncate) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"facts",
         "CREATE TABLE facts (id BIGINT); {append_only facts}"
         "CREATE TABLE more (id BIGINT); {append_only more}"});
  }));
  for (const char* sql : {"TRUNCATE facts", "TRUNCATE more"}) {
    EXPECT_STATUS(database_->Write([&](Transaction& transaction) {
      return transaction.Execute({"truncate", sql}, {}).status();
    }),
                  absl::StatusCode::kFailedPrecondition,
                  "CONSTRAINT_VIOLATION");
  }
}

TEST_F(PostgresDatabaseTest, ReadsAndFillsColumnsOfOtherWidths) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"narrow",
         "CREATE TABLE narrow (a SMALLINT, b INTEGER, c VARCHAR(9),"
         " d BOOLEAN DEFAULT true)"});
  }));
  constexpr BulkTarget kNarrow{"fill", "narrow", "a, b, c"};
  const auto fill = [&](Parameter a, Parameter b, Parameter c) {
    return database_->Write([&](Transaction& transaction) {
      return transaction.BulkInsert(
          kNarrow,
          [&, done = false](
              std::vector<Parameter>& row) mutable -> absl::StatusOr<bool> {
            row = {a, b, c};
            return !std::exchange(done, true);
          });
    });
  };
  EXPECT_THAT(fill(-2, -70000, "x"), IsOkAndHolds(1));
  EXPECT_STATUS(fill(40000, 1, "x"), absl::StatusCode::kInternal,
                "DATABASE_STATEMENT");
  EXPECT_STATUS(fill(1, 1, 1), absl::StatusCode::kInternal,
                "DATABASE_STATEMENT");
  EXPECT_STATUS(fill(1, "one", "x"), absl::StatusCode::kInternal,
                "DATABASE_STATEMENT");
  EXPECT_THAT(database_->Read([](Connection& connection) {
    return connection.Get({"narrow", "SELECT a, b, c, d FROM narrow"}, {},
                          [](const Row& row) {
                            return std::tuple(row.Int64(0), row.Int64(1),
                                              row.Text(2), row.Bool(3));
                          });
  }),
              IsOkAndHolds(std::tuple(-2, -70000, std::string("x"), true)));
}

TEST_F(PostgresDatabaseTest, ForgetsStatementsWhenThereAreTooMany) {
  EXPECT_OK(database_->Read([](Connection& connection) -> absl::Status {
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 300; ++i) {
        const std::string sql = "SELECT " + std::to_string(i);
        WELFARE_ASSIGN_OR_RETURN(
            const std::int64_t value,
            connection.Get({"one", sql}, {},
                           [](const Row& row) { return row.Int64(0); }));
        EXPECT_EQ(value, i);
      }
    }
    return absl::OkStatus();
  }));
}

// --- changes ---

TEST_F(PostgresDatabaseTest, CommittedChangesAreTold) {
  std::atomic<int> told{0};
  const auto watch = database_->WatchChanges([&] { ++told; });
  ASSERT_TRUE(WaitFor([&] { return told == 1; })) << "once for connecting";
  GroupCommit other(Open());
  const auto notify = [&](absl::Status end) {
    return other.Write([&](Transaction& transaction) {
      EXPECT_OK(transaction.NotifyChange());
      // At the commit, and not before.
      EXPECT_OK(Ids(*database_));
      return end;
    });
  };
  EXPECT_FALSE(notify(absl::AbortedError("no")).ok());
  EXPECT_OK(notify(absl::OkStatus()));
  ASSERT_TRUE(WaitFor([&] { return told == 2; }));
  EXPECT_OK(notify(absl::OkStatus()));
  ASSERT_TRUE(WaitFor([&] { return told == 3; }));
}

TEST_F(PostgresDatabaseTest, AWatchEndsWhenItIsDestroyed) {
  std::atomic<int> told{0};
  auto first = database_->WatchChanges([&] { ++told; });
  ASSERT_TRUE(WaitFor([&] { return told == 1; }));
  first.reset();
  std::atomic<int> second_told{0};
  const auto second = database_->WatchChanges([&] { ++second_told; });
  ASSERT_TRUE(WaitFor([&] { return second_told == 1; }));
  ASSERT_OK(database_->Write(
      [](Transaction& transaction) { return transaction.NotifyChange(); }));
  ASSERT_TRUE(WaitFor([&] { return second_told == 2; }));
  EXPECT_EQ(told, 1);
}

// --- servers that go and come ---

class PostgresFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = PostgresDatabase::Open(
        {.url = server_.url(), .schema = "faults", .connections = 4});
    ASSERT_OK(database);
    database_ = std::make_unique<GroupCommit>(*std::move(database));
    ASSERT_OK(database_->Write([](Transaction& transaction) {
      return transaction.ExecuteScript(kMakeTable);
    }));
  }

  PostgresServer server_;
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresFaults, ARestartNeedsNoNewObject) {
  std::atomic<int> told{0};
  const auto watch = database_->WatchChanges([&] { ++told; });
  ASSERT_TRUE(WaitFor([&] { return told == 1; }));
  ASSERT_OK(Insert(*database_, 1));
  server_.Stop();
  EXPECT_STATUS(database_->Ping(), absl::StatusCode::kUnavailable,
                "DATABASE_UNAVAILABLE");
  EXPECT_STATUS(Insert(*database_, 2), absl::StatusCode::kUnavailable,
                "DATABASE_UNAVAILABLE");
  EXPECT_EQ(database_->pool().open, 0);
  server_.Start();
  EXPECT_OK(Insert(*database_, 2));
  EXPECT_THAT(Ids(*database_), IsOkAndHolds(::testing::ElementsAre(1, 2)));
  // What was told meanwhile is lost, so the watch says so.
  EXPECT_TRUE(WaitFor([&] { return told == 2; }));
}

TEST_F(PostgresFaults, ConnectionsLostWhileIdleAreNoticed) {
  ASSERT_OK(Insert(*database_, 1));
  server_.Stop();
  server_.Start();
  EXPECT_OK(Insert(*database_, 2));
}

TEST_F(PostgresFaults, NothingAcknowledgedIsLostWhenTheServerDies) {
  std::mutex mutex;
  std::set<std::int64_t> acknowledged;
  std::atomic<int> unavailable{0};
  std::atomic<int> others{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&, t](const std::stop_token& stop) {
        for (std::int64_t i = 1; !stop.stop_requested(); ++i) {
          const std::int64_t id = t * 1'000'000 + i;
          const absl::Status status = Insert(*database_, id);
          if (status.ok()) {
            const std::lock_guard lock(mutex);
            acknowledged.insert(id);
          } else if (status.code() == absl::StatusCode::kUnavailable) {
            ++unavailable;
          } else {
            ++others;
          }
        }
      });
    }
    const auto written = [&](std::size_t more) {
      std::size_t before = 0;
      {
        const std::lock_guard lock(mutex);
        before = acknowledged.size();
      }
      EXPECT_TRUE(WaitFor([&] {
        const std::lock_guard lock(mutex);
        return acknowledged.size() > before + more;
      }));
    };
    for (int i = 0; i < 3; ++i) {
      written(50);
      server_.Kill();
      server_.Start();
    }
    written(50);
  }
  EXPECT_GT(unavailable.load(), 0);
  EXPECT_EQ(others.load(), 0);
  const auto stored = Ids(*database_);
  ASSERT_OK(stored);
  const std::set<std::int64_t> found(stored->begin(), stored->end());
  for (const std::int64_t id : acknowledged) {
    ASSERT_TRUE(found.contains(id)) << id << " was acknowledged and is gone";
  }
}

TEST_F(PostgresFaults, AServerThatFallsSilentCostsNoMoreThanTheDeadline) {
  ASSERT_OK(Insert(*database_, 1));
  server_.Freeze();
  // Who waited for the server here would wait for ever.
  EXPECT_STATUS(
      Insert(*database_, 2, base::CallLimits::After(milliseconds(100))),
      absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(database_->Ping().ok());
  server_.Thaw();
  EXPECT_OK(Insert(*database_, 3));
  EXPECT_THAT(Ids(*database_), IsOkAndHolds(::testing::ElementsAre(1, 3)));
}

}  // namespace
}  // namespace welfare::platform
