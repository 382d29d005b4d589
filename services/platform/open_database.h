#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/database.h"

namespace welfare::platform {

// Opens the database at `url`, with group commit:
//   sqlite:///absolute/path   sqlite:relative/path   one SQLite file
//   sqlite::memory:                                  in memory, for tests
// The folder of a file is made (0700) when absent.
//
// Errors:
//   INVALID_ARGUMENT, reason DATABASE_URL_INVALID: another scheme or no path
//     (this build has no PostgreSQL adapter).
//   UNAVAILABLE, reason DATABASE_UNAVAILABLE: it cannot be opened.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(std::string_view url);

}  // namespace welfare::platform
