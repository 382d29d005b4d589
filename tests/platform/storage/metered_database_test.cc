#include "services/platform/storage/metered_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/errors.h"
#include "services/platform/storage/backup.h"
#include "tests/platform/engine/database_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

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
  const auto errors = [](const std::string& reason) {
    return "welfare_database_pool_errors_total{database=\"survey\",kind="
           "\"read\",reason=\"" +
           reason + "\"} ";
  };
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr("welfare_database_pool_in_use" + labels + "0"));
  EXPECT_THAT(text,
              HasSubstr("welfare_database_pool_seconds_count" + labels + "2"));
  EXPECT_THAT(text, HasSubstr("welfare_database_pool_waiting" + labels + "0"));
  EXPECT_THAT(text, HasSubstr(errors("DATABASE_UNAVAILABLE") + "1"));
  EXPECT_THAT(text, HasSubstr(errors("STORAGE_FULL") + "0"));
}

TEST(MeteredDatabase, TellsOfTheLogOfAnEmbeddedOne) {
  const support::TempDir folder;
  MetricsRegistry metrics;
  auto sqlite = SqliteDatabase::Open(
      {.path = folder.File("a.db"), .log_pages_at_once = 1});
  ASSERT_OK(sqlite);
  SqliteDatabase& inner = **sqlite;
  inner.FailNext(SqliteDatabase::FaultPoint::kCheckpoint,
                 DatabaseUnavailable("the disk"));
  MeteredDatabase database(*std::move(sqlite), "survey", metrics);
  ASSERT_OK(database.Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
  ASSERT_TRUE(support::WaitFor([&] {
    const auto storage = inner.Storage();
    return storage.ok() && storage->log->failures == 1;
  }));
  ASSERT_OK(database.Ping());
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr("welfare_database_checkpoint_failures_total{"
                              "database=\"survey\"} 1"));
  EXPECT_THAT(text, HasSubstr("welfare_database_log_bytes{database=\"survey\"}"
                              " "));
  EXPECT_THAT(text, Not(HasSubstr("welfare_database_log_bytes{database="
                                  "\"survey\"} 0\n")));
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
  const auto counts = [&metrics] {
    std::vector<std::string> counted;
    const std::string text = metrics.Expose();
    const std::string errors =
        "\nwelfare_database_pool_errors_total{database=\"survey\",kind="
        "\"write\",reason=\"";
    for (std::size_t at = text.find(errors); at != std::string::npos;
         at = text.find(errors, at + 1)) {
      const std::size_t begin = at + errors.size();
      const std::size_t end = text.find('\n', begin);
      if (!text.substr(begin, end - begin).ends_with(" 0")) {
        counted.push_back(text.substr(begin, end - begin));
      }
    }
    return counted;
  };
  EXPECT_THAT(counts(), IsEmpty());
  for (const absl::Status& failed :
       {DatabaseUnavailable("gone"), StorageFull("q"), DatabaseBusy("q")}) {
    EXPECT_EQ(database.Write([&](Transaction&) { return failed; }), failed);
  }
  EXPECT_THAT(counts(),
              UnorderedElementsAre("DATABASE_UNAVAILABLE\"} 1",
                                   "STORAGE_FULL\"} 1", "DATABASE_BUSY\"} 1"));
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

TEST(MeteredDatabase, CountsWhoWaitsForAConnection) {
  support::TempDir folder;
  MetricsRegistry metrics;
  auto sqlite =
      SqliteDatabase::Open({.path = folder.File("busy.db"), .readers = 1});
  ASSERT_OK(sqlite);
  MeteredDatabase database(*std::move(sqlite), "survey", metrics);
  std::promise<void> holds;
  std::promise<void> go_on;
  std::thread holder([&] {
    EXPECT_OK(database.Read([&](Connection&) {
      holds.set_value();
      go_on.get_future().wait();
      return absl::OkStatus();
    }));
  });
  holds.get_future().wait();
  std::thread waiter([&] {
    EXPECT_OK(database.Read([](Connection&) { return absl::OkStatus(); }));
  });
  // What a module asks each second also finds out how many wait.
  EXPECT_TRUE(support::WaitFor([&] {
    if (database.pool().reads_waiting != 1) return false;
    static_cast<void>(database.Ping());
    return metrics.Expose().find(
               "welfare_database_pool_waiting{database=\"survey\",kind="
               "\"read\"} 1") != std::string::npos;
  }));
  go_on.set_value();
  holder.join();
  waiter.join();
  EXPECT_OK(database.Ping());
  EXPECT_THAT(
      metrics.Expose(),
      HasSubstr("welfare_database_pool_waiting{database=\"survey\",kind="
                "\"read\"} 0"));
}

TEST(MeteredDatabase, SaysWhatTheDiskHolds) {
  support::TempDir folder;
  MetricsRegistry metrics;
  const std::string file = folder.File("kept.db");
  auto sqlite = SqliteDatabase::Open({.path = file});
  ASSERT_OK(sqlite);
  MeteredDatabase database(*std::move(sqlite), "survey", metrics);
  ASSERT_OK(MarkBackup(file));
  ASSERT_OK(database.Ping());
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr("welfare_database_bytes{database=\"survey\"} "));
  EXPECT_THAT(text, HasSubstr("welfare_database_disk_free_bytes{database="));
  EXPECT_THAT(text, HasSubstr("welfare_backup_last_success_timestamp_seconds{"
                              "database=\"survey\"} 1"));
  const auto storage = database.Storage();
  ASSERT_OK(storage);
  EXPECT_GT(storage->bytes, 0);
  EXPECT_EQ(storage->last_backup, LastBackup(file));
}

TEST(MeteredDatabase, SaysNothingOfADiskThatIsNone) {
  MetricsRegistry metrics;
  auto sqlite = SqliteDatabase::OpenInMemory();
  ASSERT_OK(sqlite);
  MeteredDatabase database(*std::move(sqlite), "survey", metrics);
  ASSERT_OK(database.Ping());
  EXPECT_THAT(metrics.Expose(), Not(HasSubstr("disk_free")));
  EXPECT_THAT(metrics.Expose(), Not(HasSubstr("backup_last")));
}

}  // namespace
}  // namespace welfare::platform
