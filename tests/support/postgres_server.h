#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace welfare::support {

// A real PostgreSQL on a unix socket in a temporary folder, with one database
// `welfare` that its superuser may enter without a password. The constructor
// returns when it answers; the destructor kills it. Where there is no
// PostgreSQL, it throws.
//
// Without fsync: what these servers survive is the death of processes, not of
// the machine.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // "postgresql://postgres@/welfare?host=/tmp/..."
  std::string url(const std::string& role = "postgres",
                  const std::string& database = "welfare") const;

  void Start();   // after Stop or Kill, on the same data
  void Stop();    // as an administrator does: connections are cut
  void Kill();    // SIGKILL for every process of it
  void Freeze();  // SIGSTOP: accepts connections and never answers
  void Thaw();    // SIGCONT

  // The URL of the server that this run of CTest has started for all tests,
  // or, for a test binary run by hand, of one of its own. Tests of it use
  // schemas of random names and leave it running.
  static std::string SharedUrl();
  // Makes a database of this name on the shared server and returns its URL:
  // for modules, whose schemas have fixed names.
  static std::string NewDatabase(const std::string& name);

 private:
  std::vector<pid_t> Processes() const;

  TempDir folder_;
  pid_t pid_ = -1;
};

}  // namespace welfare::support
