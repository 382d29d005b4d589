#include "tests/platform/engine/database_contract.h"

#include <string>
#include <utility>

#include "services/platform/engine/postgres_database.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/storage/group_commit.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"

namespace welfare::platform {

absl::Status Insert(Transaction& transaction, int id, std::string_view name) {
  return transaction.Execute(kInsert, {id, name, nullptr}).status();
}

absl::StatusOr<std::int64_t> CountItems(Database& database) {
  return database.Read([](Connection& connection) {
    return connection.Get(kCount, {},
                          [](const Row& row) { return row.Int64(0); });
  });
}

void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }

void DatabaseContract::SetUp() {
  database_ = GetParam().open(folder_);
  ASSERT_NE(database_, nullptr);
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(kMakeTable);
  }));
}

namespace {

std::unique_ptr<Database> OpenFile(const support::TempDir& folder) {
  auto database = SqliteDatabase::Open({.path = folder.File("test.db")});
  EXPECT_OK(database);
  return database.ok() ? *std::move(database) : nullptr;
}

std::unique_ptr<Database> OpenMemory(const support::TempDir&) {
  auto database = SqliteDatabase::OpenInMemory();
  EXPECT_OK(database);
  return database.ok() ? *std::move(database) : nullptr;
}

std::unique_ptr<Database> OpenPostgres(const support::TempDir& folder) {
  auto database =
      PostgresDatabase::Open({.url = support::PostgresServer::SharedUrl(),
                              .schema = support::SchemaOf(folder)});
  EXPECT_OK(database);
  return database.ok() ? *std::move(database) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(
    Engines, DatabaseContract,
    ::testing::Values(
        Engine{"SqliteFile", &OpenFile}, Engine{"SqliteMemory", &OpenMemory},
        Engine{"GroupedSqliteFile",
               [](const support::TempDir& folder) -> std::unique_ptr<Database> {
                 return std::make_unique<GroupCommit>(OpenFile(folder));
               }},
        Engine{"Postgres", &OpenPostgres},
        Engine{"GroupedPostgres",
               [](const support::TempDir& folder) -> std::unique_ptr<Database> {
                 return std::make_unique<GroupCommit>(OpenPostgres(folder));
               }}),
    [](const auto& engine) { return std::string(engine.param.name); });

}  // namespace
}  // namespace welfare::platform
