#include "services/platform/storage/data_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "services/platform/errors.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

std::string MessageOfErrno(int error) {
  return std::generic_category().message(error);
}

std::filesystem::path OrHere(const std::filesystem::path& folder) {
  return folder.empty() ? "." : folder;
}

absl::Status CheckWritable(const std::filesystem::path& named,
                           const std::filesystem::path& folder) {
  struct stat about {};
  if (stat(folder.c_str(), &about) != 0) {
    return DataFolderUnusable(named.string(), MessageOfErrno(errno));
  }
  if (!S_ISDIR(about.st_mode)) {
    return DataFolderUnusable(named.string(),
                              folder.string() + " is no folder");
  }
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    return DataFolderUnusable(named.string(), MessageOfErrno(errno));
  }
  return absl::OkStatus();
}

void KeepToOwner(const std::filesystem::path& folder) {
  struct stat about {};
  if (stat(folder.c_str(), &about) != 0 || (about.st_mode & 077) == 0) return;
  const bool shared = (about.st_mode & S_ISVTX) != 0 ||
                      about.st_uid != geteuid() || folder == "/";
  if (!shared && chmod(folder.c_str(), 0700) == 0) {
    LogInfo("the data folder is for its owner alone now",
            {{"path", folder.string()}});
  } else {
    LogWarning(
        "others may look into the data folder; give the platform one of its "
        "own",
        {{"path", folder.string()}});
  }
}

}  // namespace

absl::Status MakeDataFolder(const std::filesystem::path& folder, bool ours) {
  const std::filesystem::path place = OrHere(folder);
  struct stat about {};
  if (stat(place.c_str(), &about) == 0) {
    if (absl::Status status = CheckWritable(place, place); !status.ok()) {
      return status;
    }
    if (ours) KeepToOwner(place);
    return absl::OkStatus();
  }
  std::error_code error;
  std::filesystem::create_directories(place, error);
  if (!error && chmod(place.c_str(), 0700) != 0) {
    error = {errno, std::generic_category()};
  }
  if (error) return DataFolderUnusable(place.string(), error.message());
  return CheckWritable(place, place);
}

absl::Status CheckDataFolder(const std::filesystem::path& folder) {
  const std::filesystem::path place = OrHere(folder);
  // The nearest that exists would have to hold the rest.
  std::filesystem::path nearest = place;
  struct stat about {};
  while (stat(nearest.c_str(), &about) != 0) {
    if (errno != ENOENT)
      return DataFolderUnusable(place.string(), MessageOfErrno(errno));
    const std::filesystem::path above = OrHere(nearest.parent_path());
    if (above == nearest) break;
    nearest = above;
  }
  return CheckWritable(place, nearest);
}

absl::Status ClaimDatabaseFile(const std::string& path) {
  // One that exists is not opened: closing it would end the locks that SQLite
  // holds on it elsewhere in this process.
  const int file =
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    close(file);
  } else if (errno != EEXIST || ::access(path.c_str(), R_OK | W_OK) != 0) {
    return DataFolderUnusable(
        std::filesystem::path(path).parent_path().string(),
        path + ": " + MessageOfErrno(errno));
  }
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"}) {
    const std::string name = path + suffix;
    struct stat about {};
    if (stat(name.c_str(), &about) != 0 || (about.st_mode & 077) == 0) continue;
    if (chmod(name.c_str(), 0600) != 0) {
      LogWarning("others may read this file", {{"path", name}});
    }
  }
  return absl::OkStatus();
}

}  // namespace welfare::platform
