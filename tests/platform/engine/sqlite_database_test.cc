// What only SQLite does. What services rely on is in database_test.cc.
#include "services/platform/engine/sqlite_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>

#include "tests/platform/engine/database_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

using support::IsOkAndHolds;

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
