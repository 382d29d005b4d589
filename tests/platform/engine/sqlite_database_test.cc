// What only SQLite does. What services rely on is in database_test.cc.
#include "services/platform/engine/sqlite_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
