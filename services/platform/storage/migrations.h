#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// One step of a schema. Forward only: once released, neither number, name nor
// text changes; a mistake is mended by the next number.
//
// The text serves SQLite and PostgreSQL. Write BIGINT, TEXT, and the aliases
//   {bytes}                 BLOB or BYTEA
//   {append_only TABLE}     refuses UPDATE, DELETE and TRUNCATE of TABLE for
//                           ever
//   {check_once TABLE.COLUMN PARENT.KEY}
//                           the foreign key that COLUMN was declared with is
//                           checked once for each statement, where the engine
//                           takes long over each row; of use where thousands
//                           of rows come at once, and only between append-only
//                           tables
// and nothing that only one engine knows (no rowid, AUTOINCREMENT, INSERT OR
// REPLACE, date functions). Times are BIGINT microseconds since 1970 UTC.
struct Migration {
  int number;  // 1, 2, 3, ... without gaps
  std::string name;
  std::string sql;
};

// Brings `database` up to the last of `migrations`, each in a transaction of
// its own, and records number, name, SHA-256 of the text and time in the table
// `schema_migrations`. Processes that start together take turns. Returns how
// many were applied now.
//
// Errors:
//   FAILED_PRECONDITION, reason MIGRATION_CHANGED: an applied migration has
//     another text or name now.
//   FAILED_PRECONDITION, reason DATABASE_TOO_NEW: the database has migrations
//     this program does not know.
//   INTERNAL, reason MIGRATION_NUMBERS: the list is not 1, 2, 3, ...
//   Those of Database.
absl::StatusOr<int> ApplyMigrations(Database& database,
                                    const base::Clock& clock,
                                    std::span<const Migration> migrations);

}  // namespace welfare::platform
