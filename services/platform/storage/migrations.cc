#include "services/platform/storage/migrations.h"

#include <cstdint>
#include <optional>
#include <string>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

constexpr Query kMakeTable{"make_schema_migrations",
                           "CREATE TABLE IF NOT EXISTS schema_migrations ("
                           " number BIGINT NOT NULL PRIMARY KEY,"
                           " name TEXT NOT NULL,"
                           " checksum TEXT NOT NULL,"
                           " applied_micros BIGINT NOT NULL)"};
constexpr Query kLast{"last_migration",
                      "SELECT MAX(number) FROM schema_migrations"};
constexpr Query kFindMigration{
    "find_migration",
    "SELECT name, checksum FROM schema_migrations WHERE number = $1"};
constexpr Query kRecord{
    "record_migration",
    "INSERT INTO schema_migrations (number, name, checksum, applied_micros)"
    " VALUES ($1, $2, $3, $4)"};

struct Applied {
  std::string name;
  std::string checksum;
};

// Applies one migration unless it is there. Returns whether it was applied.
absl::StatusOr<bool> Apply(Transaction& transaction, const base::Clock& clock,
                           const Migration& migration) {
  const std::string checksum = base::Sha256Hex(migration.sql);
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<Applied> applied,
      transaction.Find(kFindMigration, {migration.number}, [](const Row& row) {
        return Applied{.name = row.Text(0), .checksum = row.Text(1)};
      }));
  if (applied.has_value()) {
    if (applied->checksum != checksum || applied->name != migration.name) {
      return MigrationChanged(migration.number, migration.name);
    }
    return false;
  }
  WELFARE_RETURN_IF_ERROR(transaction.ExecuteScript(
      {.name = migration.name, .sql = migration.sql}));
  WELFARE_ASSIGN_OR_RETURN(
      const std::int64_t rows,
      transaction.Execute(kRecord, {migration.number, migration.name, checksum,
                                    clock.Now().micros()}));
  return rows == 1;
}

}  // namespace

absl::StatusOr<int> ApplyMigrations(Database& database,
                                    const base::Clock& clock,
                                    std::span<const Migration> migrations) {
  int expected = 1;
  for (const Migration& migration : migrations) {
    if (migration.number != expected) {
      return MigrationNumbers(expected, migration.number);
    }
    ++expected;
  }
  const absl::Status prepared =
      database.Write([&](Transaction& transaction) -> absl::Status {
        WELFARE_RETURN_IF_ERROR(transaction.Execute(kMakeTable, {}).status());
        WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> last,
                                 transaction.Get(kLast, {}, [](const Row& row) {
                                   return row.FindInt64(0);
                                 }));
        const auto known = static_cast<std::int64_t>(migrations.size());
        if (last.value_or(0) > known) return DatabaseTooNew(*last, known);
        return absl::OkStatus();
      });
  WELFARE_RETURN_IF_ERROR(prepared);
  int count = 0;
  for (const Migration& migration : migrations) {
    // Writes take turns over all processes (BEGIN IMMEDIATE, or the schema's
    // advisory lock): a second one finds the migration recorded when its turn
    // comes.
    WELFARE_ASSIGN_OR_RETURN(const bool applied,
                             database.Write([&](Transaction& transaction) {
                               return Apply(transaction, clock, migration);
                             }));
    if (applied) ++count;
  }
  return count;
}

}  // namespace welfare::platform
