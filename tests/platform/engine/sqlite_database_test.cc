// What only SQLite does. What services rely on is in database_test.cc.
#include "services/platform/engine/sqlite_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/platform/engine/database_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using support::IsOkAndHolds;
using ::testing::AnyOf;

TEST(SqliteDatabase, RefusesAFileThatIsNoDatabase) {
  const support::TempDir folder;
  EXPECT_STATUS(SqliteDatabase::Open({.path = folder.path().string()}),
                absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE");
}

TEST(SqliteDatabase, SaysThatAnotherProgramHoldsTheFile) {
  const support::TempDir folder;
  sqlite3* holder = nullptr;
  ASSERT_EQ(sqlite3_open(folder.File("a.db").c_str(), &holder), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(holder, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_STATUS(
      SqliteDatabase::Open({.path = folder.File("a.db"),
                            .busy_timeout = std::chrono::milliseconds(1)}),
      absl::StatusCode::kAborted, "DATABASE_BUSY");
  sqlite3_close(holder);
  EXPECT_OK(SqliteDatabase::Open({.path = folder.File("a.db")}));
}

// Of 100 items each, which are some thirty pages.
absl::Status InsertMany(SqliteDatabase& database, int first) {
  return database.Write([&](Transaction& transaction) -> absl::Status {
    for (int id = first; id < first + 100; ++id) {
      absl::Status status = Insert(transaction, id, std::string(1'000, 'a'));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

TEST(SqliteDatabase, BringsTheLogIntoTheFileBesideTheWrites) {
  const support::TempDir folder;
  const std::string path = folder.File("a.db");
  auto database = SqliteDatabase::Open({.path = path, .log_pages_at_once = 1});
  ASSERT_OK(database);
  ASSERT_OK((*database)->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
  for (int write = 0; write < 20; ++write) {
    ASSERT_OK(InsertMany(**database, 100 * write));
    // All of it but what is less than is brought at once.
    EXPECT_TRUE(support::WaitFor([&] {
      return std::filesystem::file_size(path) >=
             static_cast<std::uintmax_t>(write + 1) * 100'000;
    }));
  }
  // So the log began anew, again and again.
  EXPECT_LT(std::filesystem::file_size(path + "-wal"), 1'500'000U);
  EXPECT_THAT(CountItems(**database), IsOkAndHolds(2'000));
}

TEST(SqliteDatabase, BeginsALongLogAnew) {
  const support::TempDir folder;
  const std::string path = folder.File("a.db");
  // Nobody does so beside the writes.
  auto database = SqliteDatabase::Open(
      {.path = path, .log_pages_at_once = 1'000'000, .most_log_pages = 100});
  ASSERT_OK(database);
  ASSERT_OK((*database)->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
  for (int write = 0; write < 20; ++write) {
    ASSERT_OK(InsertMany(**database, 100 * write));
  }
  EXPECT_LT(std::filesystem::file_size(path + "-wal"), 1'000'000U);
  EXPECT_GT(std::filesystem::file_size(path), 1'000'000U);
  EXPECT_THAT(CountItems(**database), IsOkAndHolds(2'000));
}

TEST(SqliteDatabase, ALogThatIsReadIsBegunAnewAfterwards) {
  const support::TempDir folder;
  const std::string path = folder.File("a.db");
  auto database = SqliteDatabase::Open(
      {.path = path, .log_pages_at_once = 50, .most_log_pages = 100});
  ASSERT_OK(database);
  ASSERT_OK((*database)->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
  // Sees what was there at its first look until it ends.
  ASSERT_OK((*database)->Read([&](Connection& connection) -> absl::Status {
    const auto count = [&] {
      return connection.Get(kCount, {},
                            [](const Row& row) { return row.Int64(0); });
    };
    EXPECT_THAT(count(), IsOkAndHolds(0));
    for (int write = 0; write < 10; ++write) {
      EXPECT_OK(InsertMany(**database, 100 * write));
    }
    EXPECT_THAT(count(), IsOkAndHolds(0));
    return absl::OkStatus();
  }));
  EXPECT_GT(std::filesystem::file_size(path + "-wal"), 1'000'000U);
  for (int write = 10; write < 40; ++write) {
    ASSERT_OK(InsertMany(**database, 100 * write));
  }
  EXPECT_LT(std::filesystem::file_size(path + "-wal"), 3'000'000U);
  EXPECT_THAT(CountItems(**database), IsOkAndHolds(4'000));
}

TEST(SqliteDatabase, CountsWhereTheLogIsNotBroughtIntoTheFile) {
  const support::TempDir folder;
  const std::string path = folder.File("a.db");
  auto database = SqliteDatabase::Open({.path = path, .log_pages_at_once = 1});
  ASSERT_OK(database);
  (*database)->FailNext(SqliteDatabase::FaultPoint::kCheckpoint,
                        absl::UnavailableError("the disk"));
  // The write goes on.
  ASSERT_OK((*database)->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
  EXPECT_TRUE(support::WaitFor([&] {
    const auto storage = (*database)->Storage();
    return storage.ok() && storage->log && storage->log->failures == 1;
  }));
  // What was left is done the next time.
  ASSERT_OK(InsertMany(**database, 0));
  EXPECT_TRUE(support::WaitFor(
      [&] { return std::filesystem::file_size(path) >= 100'000U; }));
  const auto storage = (*database)->Storage();
  ASSERT_OK(storage);
  EXPECT_EQ(storage->log->failures, 1);
  EXPECT_GT(storage->log->bytes, 100'000);
}

// A child writes, and its log is brought into the file again and again; it is
// killed wherever it is. What it has told was committed.
TEST(SqliteDatabase, AKilledProcessLosesNothingOfItsLog) {
  const support::TempDir folder;
  const SqliteDatabase::Options options{.path = folder.File("a.db"),
                                        .log_pages_at_once = 3,
                                        .most_log_pages = 40};
  int told = 0;
  for (const int writes : {1, 7, 20, 33, 50, 64}) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      auto database = SqliteDatabase::Open(options);
      if (!database.ok()) _exit(1);
      if (told == 0 && !(*database)
                            ->Write([](Transaction& transaction) {
                              return transaction.ExecuteScript(kMakeTable);
                            })
                            .ok()) {
        _exit(1);
      }
      const auto count = CountItems(**database);
      for (std::int64_t id = count.value_or(0);; id += 100) {
        if (!InsertMany(**database, static_cast<int>(id)).ok() ||
            write(ends[1], "+", 1) != 1) {
          _exit(1);
        }
      }
    }
    close(ends[1]);
    char sign = 0;
    for (int i = 0; i < writes && read(ends[0], &sign, 1) == 1; ++i) ++told;
    kill(child, SIGKILL);
    while (read(ends[0], &sign, 1) == 1) ++told;
    waitpid(child, nullptr, 0);
    close(ends[0]);
    auto database = SqliteDatabase::Open(options);
    ASSERT_OK(database);
    const auto count = CountItems(**database);
    ASSERT_OK(count);
    // Its last one may be committed and not told.
    EXPECT_THAT(*count, AnyOf(100 * told, 100 * (told + 1)));
    told = static_cast<int>(*count / 100);
    EXPECT_THAT((*database)->Read([](Connection& connection) {
      return connection.Get({"check", "PRAGMA integrity_check"}, {},
                            [](const Row& row) { return row.Text(0); });
    }),
                IsOkAndHolds("ok"));
  }
  EXPECT_GE(told, 1 + 7 + 20 + 33 + 50 + 64);
}

TEST(SqliteDatabase, FailsWhereItIsTold) {
  auto database = SqliteDatabase::OpenInMemory();
  ASSERT_OK(database);
  ASSERT_OK((*database)->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
  (*database)->FailNext(SqliteDatabase::FaultPoint::kCommit,
                        absl::UnavailableError("gone"));
  const auto write = [](Transaction& transaction) {
    return Insert(transaction, 1, "a");
  };
  EXPECT_STATUS((*database)->Write(write), absl::StatusCode::kUnavailable);
  EXPECT_THAT(CountItems(**database), IsOkAndHolds(0));
  (*database)->FailNext(SqliteDatabase::FaultPoint::kRead,
                        absl::UnavailableError("gone"));
  EXPECT_STATUS(CountItems(**database), absl::StatusCode::kUnavailable);
  EXPECT_OK((*database)->Write(write));
  EXPECT_THAT(CountItems(**database), IsOkAndHolds(1));
}

}  // namespace
}  // namespace welfare::platform
