#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
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

// The file of a sqlite: URL; nothing for one in memory or another scheme.
std::optional<std::string> DatabaseFile(std::string_view url);

// Whether OpenDatabase could read `url`; nothing is opened.
//
// Errors: INVALID_ARGUMENT, reason DATABASE_URL_INVALID.
absl::Status CheckDatabaseUrl(std::string_view url,
                              const DatabaseOptions& options = {});

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
//   FAILED_PRECONDITION, reason DATA_FOLDER_UNUSABLE: the file's folder cannot
//     be made or written.
//   UNAVAILABLE, reason DATABASE_UNAVAILABLE: it cannot be opened.
//   ABORTED, reason DATABASE_BUSY: another program holds the file for itself.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(
    std::string_view url, const DatabaseOptions& options = {});

}  // namespace welfare::platform
