#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/call_limits.h"
#include "services/platform/storage/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace welfare::platform {

// One sqlite3 connection with its prepared statements. Used by one thread at a
// time.
class SqliteSession final : public Transaction {
 public:
  ~SqliteSession() override;

  static absl::StatusOr<std::unique_ptr<SqliteSession>> Open(
      const std::string& path, bool read_only,
      std::chrono::milliseconds busy_timeout);

  // Begins a transaction whose statements obey `limits`; none when they have
  // passed.
  absl::Status BeginRead(const base::CallLimits& limits);
  absl::Status BeginWrite(const base::CallLimits& limits);
  // Ends it, even when the limits have passed.
  absl::Status Commit();
  void RollBack();

  absl::Status ForEach(const Query& query, const Parameters& parameters,
                       const RowFunction& row) override;

  absl::StatusOr<std::int64_t> Execute(const Query& query,
                                       const Parameters& parameters) override;

  absl::StatusOr<std::int64_t> BulkInsert(const BulkTarget& target,
                                          const RowSource& rows) override;

  absl::Status NotifyChange() override { return failure_; }

  absl::Status ExecuteScript(const Query& script) override;

  absl::Status Isolated(
      const base::CallLimits& limits,
      const std::function<absl::Status(Transaction&)>& change) override;

  // The error of the statement that ended the transaction.
  const absl::Status& failure() const { return failure_; }

  bool broken() const override;

  // Brings what stands in the write-ahead log into the file, as far as nobody
  // reads a state of before; less where another process is at the same. Waits
  // for nobody, and nobody for it. Where all of it is there and nobody has
  // written meanwhile, it is on the disk, and the next write begins the log
  // anew.
  absl::Status Checkpoint();
  // Brings what was written of the file to its disk.
  absl::Status SyncFile();
  // Pages of the log after the last write of this connection; 0: it changed
  // nothing.
  int log_pages() const { return log_pages_; }

 private:
  explicit SqliteSession(std::chrono::milliseconds busy_timeout)
      : busy_timeout_(busy_timeout) {}

  // Sets what every following statement obeys.
  void Reset(const base::CallLimits& limits, bool read_only);

  // Runs a statement unless one failed before.
  template <typename F>
  absl::Status Attempt(std::string_view name, const F& statement);

  // Statements that must run even when the limits have passed: the parts of a
  // transaction.
  absl::Status RunUnlimited(const Query& query);

  absl::Status Insert(const BulkTarget& target, const RowSource& rows,
                      std::int64_t& count);

  static int OnProgress(void* self);

  static int OnBusy(void* self, int attempts);

  static int OnLogged(void* self, sqlite3* handle, const char* database,
                      int pages);

  absl::Status CheckLimits(const Query& query) const;

  absl::Status Translate(const Query& query, int code) const;

  // SQLite says SQLITE_FULL for the database file alone; for the files beside
  // it the system's own word tells.
  bool NoRoom() const;

  absl::StatusOr<sqlite3_stmt*> Prepare(const Query& query);

  absl::Status Bind(const Query& query, sqlite3_stmt* statement,
                    const Parameters& parameters);

  absl::Status Run(const Query& query, const Parameters& parameters,
                   const RowFunction* row);

  absl::Status Step(const Query& query, sqlite3_stmt* statement,
                    const RowFunction* row);

  sqlite3* handle_ = nullptr;
  std::chrono::milliseconds busy_timeout_;
  base::CallLimits limits_;
  bool read_only_ = false;
  absl::Status failure_;
  bool running_ = false;
  int log_pages_ = 0;
  std::chrono::steady_clock::time_point busy_since_;
  // Keys point into texts_.
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
  std::deque<std::string> texts_;
};

}  // namespace welfare::platform
