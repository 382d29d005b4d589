#include "services/platform/storage/open_database.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "services/platform/errors.h"
#include "services/platform/storage/group_commit.h"
#include "services/platform/storage/postgres_database.h"
#include "services/platform/storage/sqlite_database.h"

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

std::string WithModule(std::string_view url, std::string_view module) {
  constexpr std::string_view kPlace = "{module}";
  std::string text(url);
  for (std::size_t at = text.find(kPlace); at != std::string::npos;
       at = text.find(kPlace, at + module.size())) {
    text.replace(at, kPlace.size(), module);
  }
  return text;
}

}  // namespace

bool IsPostgresUrl(std::string_view url) {
  return url.starts_with("postgresql:") || url.starts_with("postgres:");
}

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(
    std::string_view url, const DatabaseOptions& options) {
  if (IsPostgresUrl(url)) {
    absl::StatusOr<std::unique_ptr<PostgresDatabase>> database =
        PostgresDatabase::Open({.url = WithModule(url, options.schema),
                                .schema = options.schema,
                                .connections = options.connections});
    if (!database.ok()) return database.status();
    return std::make_unique<GroupCommit>(*std::move(database));
  }
  if (!url.starts_with("sqlite:")) {
    return DatabaseUrlInvalid("it must start with sqlite: or postgresql:");
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
