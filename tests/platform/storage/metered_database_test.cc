#include "services/platform/storage/metered_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/errors.h"
#include "tests/platform/engine/database_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

using ::testing::HasSubstr;

TEST(MeteredDatabase, CountsWhatTheDatabaseDoes) {
  MetricsRegistry metrics;
  auto sqlite = SqliteDatabase::OpenInMemory();
  ASSERT_OK(sqlite);
  SqliteDatabase& inner = **sqlite;
  MeteredDatabase database(*std::move(sqlite), "survey", metrics);
  EXPECT_OK(database.Ping());
  inner.FailNext(SqliteDatabase::FaultPoint::kRead,
                 DatabaseUnavailable("gone"));
  EXPECT_FALSE(database.Ping().ok());
  const std::string labels = "{database=\"survey\",kind=\"read\"} ";
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr("welfare_database_pool_in_use" + labels + "0"));
  EXPECT_THAT(text,
              HasSubstr("welfare_database_pool_seconds_count" + labels + "2"));
  EXPECT_THAT(text,
              HasSubstr("welfare_database_pool_errors_total" + labels + "1"));
}

TEST(MeteredDatabase, CountsNoConflictOfCallersAsAnError) {
  MetricsRegistry metrics;
  auto sqlite = SqliteDatabase::OpenInMemory();
  ASSERT_OK(sqlite);
  MeteredDatabase database(*std::move(sqlite), "survey", metrics);
  for (const absl::Status& refused : std::vector<absl::Status>{
           base::MakeError(
               {"ETAG_MISMATCH", absl::StatusCode::kAborted, "x", ""}),
           base::MakeError(
               {"TOO_MANY", absl::StatusCode::kResourceExhausted, "x", ""}),
           UniqueViolation("q"), ConstraintViolation("q", "c"),
           Cancelled("q")}) {
    EXPECT_EQ(database.Write([&](Transaction&) { return refused; }), refused);
  }
  const std::string errors =
      "welfare_database_pool_errors_total{database=\"survey\",kind=\"write\"} ";
  EXPECT_THAT(metrics.Expose(), HasSubstr(errors + "0"));
  for (const absl::Status& failed :
       {DatabaseUnavailable("gone"), StorageFull("q"), DatabaseBusy("q")}) {
    EXPECT_EQ(database.Write([&](Transaction&) { return failed; }), failed);
  }
  EXPECT_THAT(metrics.Expose(), HasSubstr(errors + "3"));
}

// A disk that takes no more, as SQLite sees it: the database may not grow.
TEST(MeteredDatabase, SaysAsAnErrorThatTheDiskIsFull) {
  support::TempDir folder;
  MetricsRegistry metrics;
  auto sqlite = SqliteDatabase::Open({.path = folder.File("full.db")});
  ASSERT_OK(sqlite);
  MeteredDatabase database(*std::move(sqlite), "survey", metrics);
  ASSERT_OK(database.Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"make",
         "CREATE TABLE items (id BIGINT, name TEXT, body {bytes});"
         "PRAGMA max_page_count = 3"});
  }));
  const auto write = [&](std::size_t size) {
    return database.Write([&](Transaction& transaction) {
      return Insert(transaction, 1, std::string(size, 'x'));
    });
  };
  testing::internal::CaptureStderr();
  const absl::Status full = write(100'000);
  EXPECT_FALSE(write(100'000).ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_STATUS(full, absl::StatusCode::kResourceExhausted, "STORAGE_FULL");
  EXPECT_THAT(std::string(full.message()), HasSubstr("made room"));
  EXPECT_THAT(log, HasSubstr("the database failed"));
  EXPECT_THAT(log, HasSubstr("STORAGE_FULL"));
  // Once for both: the log is no place for a line per call.
  EXPECT_EQ(log.find("the database failed"), log.rfind("the database failed"));
  testing::internal::CaptureStderr();
  EXPECT_OK(write(10));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("the database works again"));
}

}  // namespace
}  // namespace welfare::platform
