#include "services/platform/storage/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

namespace fs = std::filesystem;

std::string Said(int error) { return std::generic_category().message(error); }

struct CloseSqlite {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseSqlite>;

absl::StatusOr<Handle> Open(const fs::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) {
    return BackupFailed(file.string(), sqlite3_errstr(code));
  }
  // A writer that is just switching its log needs no more than moments.
  sqlite3_busy_timeout(raw, 10'000);
  return handle;
}

// "ok", or what is damaged.
int FirstText(void* text, int columns, char** values, char** /*names*/) {
  if (columns > 0 && values[0] != nullptr) {
    *static_cast<std::string*>(text) = values[0];
  }
  return 1;  // the first row is enough
}

absl::Status CopyOne(const fs::path& from, const fs::path& to) {
  WELFARE_ASSIGN_OR_RETURN(const Handle source,
                           Open(from, SQLITE_OPEN_READONLY));
  WELFARE_ASSIGN_OR_RETURN(
      const Handle target,
      Open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  sqlite3_backup* backup =
      sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) {
    return BackupFailed(to.string(), sqlite3_errmsg(target.get()));
  }
  // All pages in one step: one read transaction, hence one state.
  int code = SQLITE_OK;
  do {
    code = sqlite3_backup_step(backup, -1);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) sqlite3_sleep(10);
  } while (code == SQLITE_BUSY || code == SQLITE_LOCKED);
  const int finished = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE || finished != SQLITE_OK) {
    return BackupFailed(to.string(),
                        sqlite3_errstr(code == SQLITE_DONE ? finished : code));
  }
  std::string verdict;
  sqlite3_exec(target.get(), "PRAGMA quick_check(1)", &FirstText, &verdict,
               nullptr);
  if (verdict != "ok") {
    return BackupFailed(to.string(),
                        "the copy is damaged: " +
                            (verdict.empty() ? "it cannot be read" : verdict));
  }
  return absl::OkStatus();
}

// On disk, not in some cache, when it returns OK.
absl::Status Persist(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return BackupFailed(path.string(), Said(errno));
  const int failed = fsync(file) == 0 ? 0 : errno;
  close(file);
  return failed == 0 ? absl::OkStatus()
                     : BackupFailed(path.string(), Said(failed));
}

absl::Status CheckTarget(const fs::path& to) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(to, error);
  if (status.type() == fs::file_type::not_found) return absl::OkStatus();
  if (status.type() != fs::file_type::directory) {
    return BackupRefused(to.string() + " is no folder");
  }
  if (!fs::is_empty(to, error) || error) {
    return BackupRefused("the folder " + to.string() +
                         " is not empty; name a new one");
  }
  return absl::OkStatus();
}

// The folder in which the copy comes about, beside where it will stand; gone
// unless it has been moved there.
class Workshop {
 public:
  explicit Workshop(fs::path path) : path_(std::move(path)) {}
  ~Workshop() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  const fs::path& path() const { return path_; }
  absl::Status MoveTo(const fs::path& to) {
    // In place of an empty folder too, and of no other.
    if (rename(path_.c_str(), to.c_str()) != 0) {
      return BackupFailed(to.string(), Said(errno));
    }
    path_.clear();
    return absl::OkStatus();
  }

 private:
  fs::path path_;
};

std::string MarkOf(const fs::path& file) { return file.string() + ".backup"; }

}  // namespace

absl::Status MarkBackup(const fs::path& file) {
  const std::string mark = MarkOf(file);
  const int made =
      open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (made < 0) return BackupFailed(mark, Said(errno));
  const int failed = futimens(made, nullptr) == 0 ? 0 : errno;
  close(made);
  return failed == 0 ? absl::OkStatus() : BackupFailed(mark, Said(failed));
}

base::Timestamp LastBackup(const fs::path& file) {
  struct stat mark = {};
  if (stat(MarkOf(file).c_str(), &mark) != 0) return {};
  return base::Timestamp::FromMicros(std::int64_t{mark.st_mtim.tv_sec} *
                                     1'000'000);
}

absl::StatusOr<std::vector<CopiedDatabase>> CopyDatabases(
    const fs::path& from, std::span<const std::string> names,
    const fs::path& to,
    const std::function<absl::Status(const fs::path&)>& prepare) {
  std::vector<std::string> present;
  std::error_code error;
  for (const std::string& name : names) {
    if (fs::exists(from / name, error)) present.push_back(name);
  }
  if (present.empty()) {
    return BackupRefused("the folder " + from.string() +
                         " holds no database of the platform");
  }
  // Without a slash at the end, which would make the name empty.
  fs::path place = to.has_filename() ? to : to.parent_path();
  if (place.empty()) return BackupRefused("no folder was named");
  WELFARE_RETURN_IF_ERROR(CheckTarget(place));
  const fs::path above =
      place.has_parent_path() ? place.parent_path() : fs::path(".");
  fs::create_directories(above, error);
  std::string made =
      (above / (place.filename().string() + ".partial-XXXXXX")).string();
  if (mkdtemp(made.data()) == nullptr) {  // 0700
    return BackupFailed(place.string(), Said(errno));
  }
  Workshop workshop{fs::path(made)};
  std::vector<CopiedDatabase> copied;
  for (const std::string& name : present) {
    const fs::path file = workshop.path() / name;
    // SQLite keeps to the rights of a file that is there.
    const int empty =
        open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (empty < 0) return BackupFailed(file.string(), Said(errno));
    close(empty);
    WELFARE_RETURN_IF_ERROR(CopyOne(from / name, file));
    if (prepare) WELFARE_RETURN_IF_ERROR(prepare(file));
    WELFARE_RETURN_IF_ERROR(Persist(file));
    copied.push_back(
        {.name = name,
         .bytes = static_cast<std::int64_t>(fs::file_size(file, error))});
  }
  WELFARE_RETURN_IF_ERROR(Persist(workshop.path()));
  WELFARE_RETURN_IF_ERROR(workshop.MoveTo(place));
  WELFARE_RETURN_IF_ERROR(Persist(above));
  return copied;
}

}  // namespace welfare::platform
