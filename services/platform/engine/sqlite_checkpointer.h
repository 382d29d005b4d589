#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "services/platform/engine/sqlite_session.h"

namespace welfare::platform {

// Brings what was committed from the write-ahead log of a SQLite file into the
// file, beside whoever writes, so that no commit waits for two more disk
// synchronisations. Any thread may call it.
//
// Invariants:
//   Nothing leaves the log before it is in the file and the file on its disk
//   (which SQLite sees to): a process that is killed, or a machine that stops,
//   loses no commit.
//   No commit waits for it, but one write of so many that fill half of
//   `most_pages`: the first then that finds nearly all of the log in the file
//   brings the rest there, and begins the log anew. One that finds `most_pages`
//   waits for what is left, however much. The log is longer only while somebody
//   reads a state of before, or where the disk fails.
class SqliteCheckpointer {
 public:
  struct Options {
    std::string path;  // as the log of the process names the file
    // It begins whenever so many pages of the log are new.
    int pages_at_once = 0;
    // A log of half of it is begun anew as soon as nearly all of it is in the
    // file, and one of all of it at once.
    int most_pages = 0;
    // An error for the next time; for tests.
    std::function<absl::Status()> take_fault;
  };

  // `session` is its own.
  SqliteCheckpointer(std::unique_ptr<SqliteSession> session, Options options);
  // Ends what it is at; what is left in the log stays there.
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;

  // Says how many pages the log has after a commit; 0: the commit wrote none.
  void Written(int pages);

  // Brings what is left of a long log into the file, so that the next write
  // begins it anew; nothing where little has to be waited for soon. REQUIRES:
  // nobody writes.
  void MakeRoom();

  // So often it has failed, which the process's log tells as well.
  std::int64_t failures() const { return failures_; }

 private:
  void Run();

  // Of what the thread has to do. REQUIRES: mutex_.
  bool HasWork() const;
  // Whether little of the log has come since it last began. REQUIRES: mutex_.
  bool IsNearTheEnd() const;

  // `sync_file`: whoever comes later shall not have to bring the file to its
  // disk.
  void Save(bool sync_file);

  const Options options_;
  std::mutex saving_;
  const std::unique_ptr<SqliteSession> session_;  // guarded by saving_
  std::atomic<std::int64_t> failures_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  int written_ = 0;  // pages in the log
  int fresh_ = 0;    // of which so many came since it last began
  int anew_at_;      // pages in the log from which on it is begun anew
  bool saving_beside_ = false;  // the thread is at it
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace welfare::platform
