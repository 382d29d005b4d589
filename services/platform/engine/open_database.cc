#include "services/platform/engine/open_database.h"

#include <filesystem>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/engine/postgres_connection.h"
#include "services/platform/engine/postgres_database.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/errors.h"
#include "services/platform/storage/data_folder.h"
#include "services/platform/storage/group_commit.h"

namespace welfare::platform {
namespace {

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

std::optional<std::string> DatabaseFile(std::string_view url) {
  constexpr std::string_view kScheme = "sqlite:";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  if (url == ":memory:") return std::nullopt;
  // sqlite:///a/b is the absolute path /a/b.
  if (url.starts_with("//")) url.remove_prefix(2);
  return std::string(url);
}

absl::Status CheckDatabaseUrl(std::string_view url,
                              const DatabaseOptions& options) {
  if (IsPostgresUrl(url)) {
    return PostgresTarget::Parse(WithModule(url, options.schema),
                                 options.schema)
        .status();
  }
  if (!url.starts_with("sqlite:")) {
    return DatabaseUrlInvalid("it must start with sqlite: or postgresql:");
  }
  const std::optional<std::string> file = DatabaseFile(url);
  if (file.has_value() && (file->empty() || file->ends_with('/'))) {
    return DatabaseUrlInvalid("it names no file");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(
    std::string_view url, const DatabaseOptions& options) {
  WELFARE_RETURN_IF_ERROR(CheckDatabaseUrl(url, options));
  if (IsPostgresUrl(url)) {
    WELFARE_ASSIGN_OR_RETURN(
        std::unique_ptr<PostgresDatabase> database,
        PostgresDatabase::Open({.url = WithModule(url, options.schema),
                                .schema = options.schema,
                                .connections = options.connections}));
    return std::make_unique<GroupCommit>(std::move(database));
  }
  const std::optional<std::string> file = DatabaseFile(url);
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> database;
  if (file.has_value()) {
    WELFARE_RETURN_IF_ERROR(
        MakeDataFolder(std::filesystem::path(*file).parent_path(), false));
    WELFARE_RETURN_IF_ERROR(ClaimDatabaseFile(*file));
    database = SqliteDatabase::Open({.path = *file});
  } else {
    database = SqliteDatabase::OpenInMemory();
  }
  if (!database.ok()) return database.status();
  return std::make_unique<GroupCommit>(*std::move(database));
}

}  // namespace welfare::platform
