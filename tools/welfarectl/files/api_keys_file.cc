#include "tools/welfarectl/files/api_keys_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"

namespace welfare::ctl {
namespace {

class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile() {
    if (number_ >= 0) close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

absl::Status Unwritable(const std::string& path) {
  return base::MakeError(CtlRow("FILE_UNWRITABLE")).With("path", path);
}

bool WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(descriptor) == 0;
}

// Writes `text` beside `path` and moves it there. `folder` is open.
absl::Status Replace(const std::string& path, std::string_view text,
                     int folder) {
  const std::string fresh = path + ".new";
  // What a run left that was cut off; nobody else writes, by the lock.
  unlink(fresh.c_str());
  const OpenFile file(
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.number() < 0) return Unwritable(path);
  // Run by root, it stays the file of the gateway's user.
  if (struct stat about{}; stat(path.c_str(), &about) == 0) {
    static_cast<void>(!fchown(file.number(), about.st_uid, about.st_gid));
  }
  if (!WriteAll(file.number(), text) ||
      rename(fresh.c_str(), path.c_str()) != 0 || fsync(folder) != 0) {
    unlink(fresh.c_str());
    return Unwritable(path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<access::ApiKeys> ReadApiKeysFile(const std::string& path) {
  WELFARE_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  return access::ApiKeys::Parse(text);
}

absl::Status ChangeApiKeysFile(
    const std::string& path,
    const std::function<absl::Status(access::ApiKeys&)>& change) {
  // The folder is what is locked: the file itself is another one each time.
  const std::filesystem::path parent =
      std::filesystem::path(path).parent_path();
  const OpenFile folder(open(parent.empty() ? "." : parent.c_str(),
                             O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0 || flock(folder.number(), LOCK_EX) != 0) {
    return Unwritable(path);
  }
  access::ApiKeys keys;
  if (std::error_code error; std::filesystem::exists(path, error)) {
    WELFARE_ASSIGN_OR_RETURN(keys, ReadApiKeysFile(path));
  }
  WELFARE_RETURN_IF_ERROR(change(keys));
  return Replace(path, keys.ToJson(), folder.number());
}

}  // namespace welfare::ctl
