#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

struct DatabaseOptions {
  // PostgreSQL: the schema, and what {module} in the URL stands for.
  std::string schema;
  // PostgreSQL: the most connections open at once.
  int connections = 8;
};

// True for postgresql:... and postgres:...
bool IsPostgresUrl(std::string_view url);

// Opens the database at `url`, with group commit:
//   sqlite:///absolute/path   sqlite:relative/path   one SQLite file
//   sqlite::memory:                                  in memory, for tests
//   postgresql://user:password@host:port/database    one schema of PostgreSQL
// The folder of a file and the schema are made when absent. {module} in the
// URL of a PostgreSQL is replaced by the schema, so that one setting gives each
// service a role of its own: postgresql://welfare_{module}@host/welfare.
//
// Errors:
//   INVALID_ARGUMENT, reason DATABASE_URL_INVALID: another scheme, no path, or
//     what libpq cannot read.
//   FAILED_PRECONDITION, reason DATABASE_UNSUITABLE: see PostgresDatabase.
//   UNAVAILABLE, reason DATABASE_UNAVAILABLE: it cannot be opened.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(
    std::string_view url, const DatabaseOptions& options = {});

}  // namespace welfare::platform
