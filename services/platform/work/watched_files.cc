#include "services/platform/work/watched_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace welfare::platform {

std::variant<FileText, std::string> ReadFile(const std::string& path,
                                             std::size_t most_bytes) {
  // Without O_NONBLOCK a pipe would hold the start up.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::strerror(errno);
  FileText file;
  std::string why;
  struct stat about {};
  if (fstat(descriptor, &about) != 0) {
    why = std::strerror(errno);
  } else if (!S_ISREG(about.st_mode)) {
    why = "it is no file";
  }
  file.mode = about.st_mode & 07777U;
  std::array<char, 16 * 1024> part;
  while (why.empty()) {
    const ssize_t size = read(descriptor, part.data(), part.size());
    if (size == 0) break;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      why = std::strerror(errno);
    } else {
      file.text.append(part.data(), static_cast<std::size_t>(size));
      if (file.text.size() > most_bytes) why = "it is too large";
    }
  }
  close(descriptor);
  if (!why.empty()) return why;
  return file;
}

WatchedFiles::WatchedFiles(std::vector<std::string> paths)
    : paths_(std::move(paths)), known_(Look()) {}

WatchedFiles::~WatchedFiles() = default;

void WatchedFiles::Start(std::chrono::milliseconds look_every,
                         Callbacks callbacks) {
  thread_ = std::jthread(
      [this, look_every, callbacks = std::move(callbacks)](
          const std::stop_token& stop) { Watch(stop, look_every, callbacks); });
}

std::vector<std::string> WatchedFiles::Look() const {
  std::vector<std::string> looks;
  for (const std::string& path : paths_) {
    struct stat about {};
    if (path.empty() || stat(path.c_str(), &about) != 0) {
      looks.emplace_back("none");
      continue;
    }
    std::string look;
    for (const auto number :
         {std::uintmax_t{about.st_dev}, std::uintmax_t{about.st_ino},
          static_cast<std::uintmax_t>(about.st_size),
          std::uintmax_t{about.st_mode},
          static_cast<std::uintmax_t>(about.st_mtim.tv_sec),
          static_cast<std::uintmax_t>(about.st_mtim.tv_nsec)}) {
      look += std::to_string(number) + ":";
    }
    looks.push_back(std::move(look));
  }
  return looks;
}

void WatchedFiles::Watch(const std::stop_token& stop,
                         std::chrono::milliseconds look_every,
                         const Callbacks& callbacks) {
  std::vector<std::string> before = known_;
  std::unique_lock lock(mutex_);
  while (!sleep_.wait_for(lock, stop, look_every,
                          [&stop] { return stop.stop_requested(); })) {
    if (callbacks.looked) callbacks.looked();
    std::vector<std::string> now = Look();
    const bool settled = now == before;
    before = now;
    if (!settled || now == known_) continue;
    known_ = std::move(now);
    callbacks.changed();
  }
}

}  // namespace welfare::platform
