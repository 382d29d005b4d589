#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// A Database in one schema of a PostgreSQL (14 or newer): a bounded pool of
// connections, made on demand, replaced when broken. Any thread may call it.
//
//   Read   REPEATABLE READ, READ ONLY.
//   Write  READ COMMITTED behind an advisory lock of the schema, so that one
//          write runs at a time over all processes. It is SQLite's BEGIN
//          IMMEDIATE: stores meet the same serial order on both engines, and
//          migrations need no lock of their own.
//
// The database must compare text by its bytes (LC_COLLATE 'C'), as SQLite
// does: lists and their page tokens depend on the order. The role needs CREATE
// on the database once, or to own a schema made for it.
//
// A server that is gone makes calls fail with UNAVAILABLE; the first call after
// it is back works. Waiting (for a connection, for the lock, for an answer)
// ends with the limits, and a statement that runs then is cancelled on the
// server.
class PostgresDatabase final : public Database {
 public:
  struct Options {
    // postgresql://user:password@host:port/database
    std::string url;
    std::string schema;
    // One of them serves writes, which take turns anyhow; reads share the
    // others. Eight keep the worker threads of one service busy.
    int connections = 8;
  };

  // Connects and makes the schema when it is absent.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason DATABASE_URL_INVALID.
  //   FAILED_PRECONDITION, reason DATABASE_UNSUITABLE: another encoding than
  //     UTF-8, another order of text, a server too old, or a right is missing.
  //   UNAVAILABLE, reason DATABASE_UNAVAILABLE: nobody answers, or the server
  //     refuses.
  static absl::StatusOr<std::unique_ptr<PostgresDatabase>> Open(
      const Options& options);

  ~PostgresDatabase() override;

  absl::Status RunRead(const base::CallLimits& limits,
                       const ReadFunction& read) override;
  absl::Status RunWrite(const base::CallLimits& limits,
                        const WriteFunction& write) override;
  std::unique_ptr<ChangeWatch> WatchChanges(
      std::function<void()> changed) override;
  PoolState pool() const override;
  absl::StatusOr<std::string> Place() override;
  absl::StatusOr<StorageState> Storage() override;

 private:
  struct State;

  explicit PostgresDatabase(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
