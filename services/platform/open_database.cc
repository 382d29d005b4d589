#include "services/platform/open_database.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "services/platform/errors.h"
#include "services/platform/group_commit.h"
#include "services/platform/sqlite_database.h"

namespace welfare::platform {
namespace {

absl::Status MakeFolder(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::is_directory(folder)) {
    return absl::OkStatus();
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all,
                                 error);
  }
  if (error) {
    return DatabaseUnavailable("cannot make the folder " + folder.string() +
                               ": " + error.message());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(std::string_view url) {
  if (url.starts_with("postgres:") || url.starts_with("postgresql:")) {
    return DatabaseUrlInvalid("this build has no PostgreSQL adapter yet");
  }
  if (!url.starts_with("sqlite:")) {
    return DatabaseUrlInvalid("it must start with sqlite:");
  }
  std::string_view path = url.substr(7);
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> database;
  if (path == ":memory:") {
    database = SqliteDatabase::OpenInMemory();
  } else {
    // sqlite:///a/b is the absolute path /a/b.
    if (path.starts_with("//")) path.remove_prefix(2);
    if (path.empty() || path.ends_with('/')) {
      return DatabaseUrlInvalid("it names no file");
    }
    const std::filesystem::path file(path);
    if (absl::Status status = MakeFolder(file.parent_path()); !status.ok()) {
      return status;
    }
    database = SqliteDatabase::Open({.path = file.string()});
  }
  if (!database.ok()) return database.status();
  return std::make_unique<GroupCommit>(*std::move(database));
}

}  // namespace welfare::platform
