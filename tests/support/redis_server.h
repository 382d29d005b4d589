#pragma once

#include <sys/types.h>

#include <string>

#include "tests/support/temp_dir.h"

namespace welfare::support {

// A real redis-server on a unix socket in a temporary folder. The constructor
// returns when it answers; the destructor ends it.
class RedisServer {
 public:
  RedisServer();
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // "unix:///.../redis.sock"
  std::string url() const;

  void Start();   // after Kill, on the same socket
  void Kill();    // SIGKILL
  void Freeze();  // SIGSTOP: accepts connections and never answers
  void Thaw();    // SIGCONT

 private:
  TempDir folder_;
  pid_t pid_ = -1;
};

}  // namespace welfare::support
