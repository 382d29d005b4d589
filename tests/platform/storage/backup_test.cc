#include "services/platform/storage/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/engine/sqlite_database.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Query kInsert{"insert", "INSERT INTO items (id) VALUES ($1)"};
constexpr Query kCount{"count", "SELECT COUNT(*) FROM items"};

std::unique_ptr<SqliteDatabase> Open(const fs::path& file) {
  auto database = SqliteDatabase::Open({.path = file.string()});
  EXPECT_OK(database);
  return database.ok() ? *std::move(database) : nullptr;
}

std::unique_ptr<SqliteDatabase> Make(const fs::path& file) {
  auto database = Open(file);
  EXPECT_OK(database->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"make", "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY)"});
  }));
  return database;
}

absl::Status Insert(Database& database, int id) {
  return database.Write([id](Transaction& transaction) {
    return transaction.Execute(kInsert, {id}).status();
  });
}

absl::StatusOr<std::int64_t> Count(Database& database) {
  return database.Read([](Connection& connection) {
    return connection.Get(kCount, {},
                          [](const Row& row) { return row.Int64(0); });
  });
}

std::vector<std::string> Names(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(CopyDatabases, HoldsWhatWasCommittedBeforeItBegan) {
  support::TempDir folder;
  const fs::path from = folder.path() / "data";
  fs::create_directory(from);
  // Who consumes notes what the owner has confirmed, and never more.
  const auto consumer = Make(from / "consumer.db");
  const auto owner = Make(from / "owner.db");
  std::atomic<int> written{0};
  std::jthread writer([&](const std::stop_token& stop) {
    for (int id = 1; !stop.stop_requested(); ++id) {
      if (!Insert(*owner, id).ok() || !Insert(*consumer, id).ok()) return;
      written = id;
    }
  });
  const std::vector<std::string> names = {"absent.db", "consumer.db",
                                          "owner.db"};
  for (int round = 0; round < 5; ++round) {
    const int before = written;
    ASSERT_TRUE(support::WaitFor([&] { return written > before + 5; }));
    const int least = written;
    const fs::path to = folder.path() / ("copy" + std::to_string(round));
    std::vector<std::string> prepared;
    const auto copied =
        CopyDatabases(from, names, to, [&](const fs::path& file) {
          prepared.push_back(file.filename());
          return absl::OkStatus();
        });
    ASSERT_OK(copied);
    EXPECT_THAT(prepared, ElementsAre("consumer.db", "owner.db"));
    EXPECT_THAT(Names(to), ElementsAre("consumer.db", "owner.db"));
    EXPECT_EQ(fs::status(to).permissions(), fs::perms(0700));
    EXPECT_EQ(fs::status(to / "owner.db").permissions(), fs::perms(0600));
    const auto known = Count(*Open(to / "consumer.db"));
    const auto owned = Count(*Open(to / "owner.db"));
    ASSERT_OK(known);
    ASSERT_OK(owned);
    EXPECT_GE(*known, least);
    EXPECT_GE(*owned, *known);
  }
}

TEST(CopyDatabases, LeavesWhatIsThereAsItIs) {
  support::TempDir folder;
  const fs::path from = folder.path() / "data";
  fs::create_directory(from);
  const auto database = Make(from / "owner.db");
  const std::vector<std::string> names = {"owner.db"};
  const fs::path full = folder.path() / "full";
  fs::create_directory(full);
  std::ofstream(full / "something").close();
  EXPECT_STATUS(CopyDatabases(from, names, full),
                absl::StatusCode::kFailedPrecondition, "BACKUP_REFUSED");
  EXPECT_STATUS(CopyDatabases(from, names, full / "something"),
                absl::StatusCode::kFailedPrecondition, "BACKUP_REFUSED");
  EXPECT_STATUS(CopyDatabases(full, names, folder.path() / "new"),
                absl::StatusCode::kFailedPrecondition, "BACKUP_REFUSED");
  EXPECT_THAT(Names(full), ElementsAre("something"));
  // One that fails in the middle leaves nothing.
  EXPECT_STATUS(CopyDatabases(from, names, folder.path() / "new",
                              [](const fs::path&) {
                                return absl::UnavailableError("no");
                              }),
                absl::StatusCode::kUnavailable);
  EXPECT_THAT(Names(folder.path()), ElementsAre("data", "full"));
  // An empty folder is as good as none, with a slash or without.
  const fs::path empty = folder.path() / "empty";
  fs::create_directory(empty);
  EXPECT_OK(CopyDatabases(from, names, empty.string() + "/"));
  EXPECT_THAT(Names(empty), ElementsAre("owner.db"));
}

TEST(CopyDatabases, SaysWhenADatabaseCannotBeRead) {
  support::TempDir folder;
  std::ofstream(folder.File("owner.db")) << std::string(8192, 'x');
  const std::vector<std::string> names = {"owner.db"};
  const auto copied =
      CopyDatabases(folder.path(), names, folder.path() / "new");
  EXPECT_STATUS(copied, absl::StatusCode::kUnavailable, "BACKUP_FAILED");
  EXPECT_THAT(std::string(copied.status().message()), HasSubstr("owner.db"));
  EXPECT_FALSE(fs::exists(folder.path() / "new"));
}

}  // namespace
}  // namespace welfare::platform
