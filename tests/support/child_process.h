#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace welfare::support {

// A program started by a test, with its output in files. The destructor kills
// it.
class ChildProcess {
 public:
  // Starts `command` with the test's environment and `environment` on top.
  explicit ChildProcess(
      const std::vector<std::string>& command,
      const std::map<std::string, std::string>& environment = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void Signal(int signal) const;
  // Returns the exit code, or 128 + the signal that ended it; nullopt when it
  // still runs after `limit`.
  std::optional<int> Wait(
      std::chrono::milliseconds limit = std::chrono::seconds(20));

  // What it has written so far.
  std::string Stdout() const;
  std::string Stderr() const;
  pid_t pid() const { return pid_; }

 private:
  TempDir folder_;
  pid_t pid_ = -1;
  std::optional<int> code_;
};

}  // namespace welfare::support
