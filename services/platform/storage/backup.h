#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/clock.h"

namespace welfare::platform {

// One database of a backup.
struct CopiedDatabase {
  std::string name;  // "registry.db"
  std::int64_t bytes = 0;
};

// Copies the SQLite databases `names` of the folder `from`, those that are
// there, into the new folder `to`, in the order given. Each copy is one
// committed state of its database, whoever writes it meanwhile, this process
// or another: readers of a write-ahead log hold up no writer. The order
// decides what the copies know of each other: name first who consumes, last who
// owns, and no copy knows of a thing that another lacks.
//
// `to` appears whole, on disk, readable for its owner alone (0700, files 0600),
// or not at all. `prepare` is called with each copy before it counts: what sets
// a copy apart from its original is set there.
//
// Errors:
//   FAILED_PRECONDITION, reason BACKUP_REFUSED: `to` is not empty or no folder,
//     or `from` has none of the databases.
//   UNAVAILABLE, reason BACKUP_FAILED: a database or the disk could not be read
//     or written, or a copy is damaged.
//   What `prepare` returns.
absl::StatusOr<std::vector<CopiedDatabase>> CopyDatabases(
    const std::filesystem::path& from, std::span<const std::string> names,
    const std::filesystem::path& to,
    const std::function<absl::Status(const std::filesystem::path&)>& prepare =
        {});

// Writes down beside the database `file` that it was copied now: the time of an
// empty file, `<file>.backup`, which the process that serves the database shows
// in its metrics. Not a part of the database: a copy has none.
//
// Errors: UNAVAILABLE, reason BACKUP_FAILED: it cannot be written.
absl::Status MarkBackup(const std::filesystem::path& file);

// When MarkBackup was last called for `file`; 0 where it never was.
base::Timestamp LastBackup(const std::filesystem::path& file);

}  // namespace welfare::platform
