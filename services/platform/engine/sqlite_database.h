#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// A Database in one SQLite file: write-ahead log, synchronous=FULL, foreign
// keys on, one writing connection (BEGIN IMMEDIATE) and a few reading ones,
// each with a cache of prepared statements. Any thread may call it.
class SqliteDatabase final : public Database {
 public:
  struct Options {
    // The file; made when absent, with its folder's rights left alone.
    std::string path;
    // Reads run beside each other up to this number, and beside the writer.
    int readers = 4;
    // A second process that holds the file is waited for no longer than this.
    std::chrono::milliseconds busy_timeout{5000};
    // So many new pages of the log are brought into the file and to its disk at
    // once, beside those who write: 4 MiB. With more of them the
    // synchronisations of commits stand behind those of the file.
    int log_pages_at_once = 1'000;
    // Under a load without a gap the log is begun anew from half of so many on,
    // and at so many at the latest: 256 MiB. A log that is begun anew keeps the
    // half on its disk (kKeepLog in sqlite_session.cc).
    int most_log_pages = 65'536;
  };

  // Errors:
  //   UNAVAILABLE, reason DATABASE_UNAVAILABLE: the file cannot be opened or is
  //     no database.
  //   ABORTED, reason DATABASE_BUSY: another program holds it for itself.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(
      const Options& options);

  // A database that lives in memory and ends with the object; for tests. One
  // connection serves reads and writes, one at a time.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> OpenInMemory();

  ~SqliteDatabase() override;

  absl::Status RunRead(const base::CallLimits& limits,
                       const ReadFunction& read) override;
  absl::Status RunWrite(const base::CallLimits& limits,
                        const WriteFunction& write) override;
  std::unique_ptr<ChangeWatch> WatchChanges(
      std::function<void()> changed) override;
  PoolState pool() const override;
  absl::StatusOr<std::string> Place() override;
  absl::StatusOr<StorageState> Storage() override;

  // Where an injected failure strikes.
  enum class FaultPoint {
    kRead,        // the next Read, before it runs
    kWrite,       // the next Write, before it runs
    kCommit,      // the next commit: the changes were made and are rolled back
    kCheckpoint,  // the next time that the log is brought into the file
  };

  // Makes the next call that reaches `point` fail with `status`. For tests.
  // Faults of one point queue up.
  void FailNext(FaultPoint point, absl::Status status);

 private:
  struct State;

  explicit SqliteDatabase(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
