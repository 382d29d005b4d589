// Files of the operator that are read again when they change.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace welfare::platform {

struct FileText {
  std::string text;
  unsigned mode = 0;  // permissions, 0600
};

// The whole of a file of at most `most_bytes`, or why it cannot be read, in a
// few words.
std::variant<FileText, std::string> ReadFile(const std::string& path,
                                             std::size_t most_bytes);

// Looks at files by a thread of its own. Those of the moment in which it is
// made are taken for known: make it, read the files, Start it.
class WatchedFiles {
 public:
  // Empty paths are passed over.
  explicit WatchedFiles(std::vector<std::string> paths);
  // Waits for the end of what is called.
  ~WatchedFiles();
  WatchedFiles(const WatchedFiles&) = delete;
  WatchedFiles& operator=(const WatchedFiles&) = delete;

  struct Callbacks {
    // At each look; may be empty.
    std::function<void()> looked = {};
    // When a file has changed and all of them have stood still for one look, so
    // that half a change is none: a certificate without its key yet, a text
    // that is still written.
    std::function<void()> changed;
  };
  // Once.
  void Start(std::chrono::milliseconds look_every, Callbacks callbacks);

 private:
  // What stat says of each: different after a change.
  std::vector<std::string> Look() const;
  void Watch(const std::stop_token& stop, std::chrono::milliseconds look_every,
             const Callbacks& callbacks);

  const std::vector<std::string> paths_;
  std::vector<std::string> known_;
  std::mutex mutex_;
  std::condition_variable_any sleep_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace welfare::platform
