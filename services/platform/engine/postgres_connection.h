#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/call_limits.h"

struct pg_conn;
struct pg_result;

namespace welfare::platform {

// How long a server may take over what no call's deadline bounds: connecting,
// LISTEN, looking at what a database has. One that takes longer is as good as
// gone.
inline constexpr std::chrono::milliseconds kServerLimit{10000};

// Where a PostgreSQL is and which schema of it is meant. Holds the password:
// never printed.
struct PostgresTarget {
  // Reads postgresql://user:password@host:port/database?option=value, or the
  // same with postgres:. `schema`: lower case letters, digits and _, at
  // most 48.
  //
  // Errors: INVALID_ARGUMENT, reason DATABASE_URL_INVALID.
  static absl::StatusOr<PostgresTarget> Parse(const std::string& url,
                                              std::string schema);

  // The channel of NotifyChange.
  std::string channel() const { return schema + ".changed"; }

  // In libpq's words.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string schema;
};

// One connection of libpq that never blocks longer than the limits it is given
// (except for looking up a host's name). Used by one thread at a time.
class PostgresConnection {
 public:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  using Result = std::unique_ptr<pg_result, Clear>;
  using ResultFunction = std::function<absl::Status(const pg_result*)>;

  // Connects, at most within ten seconds, with the schema as search path.
  //
  // Errors: UNAVAILABLE, reason DATABASE_UNAVAILABLE: nobody answers, or the
  //   server refuses; DEADLINE_EXCEEDED, CANCELLED.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Connect(
      const PostgresTarget& target, const base::CallLimits& limits);

  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // For libpq's functions that send.
  pg_conn* raw() const { return connection_; }

  // Brings what was sent to its end and hands each result on, until `result`
  // fails. When the limits end it, or `result` failed and much is to come, the
  // statement is cancelled on the server; a connection that cannot be brought
  // to rest is closed. `name` stands in the errors.
  //
  // Errors: those of Connection::ForEach; what `result` returns.
  absl::Status Complete(std::string_view name, const base::CallLimits& limits,
                        const ResultFunction& result);

  // Sends statements without parameters and completes them.
  absl::Status Run(std::string_view name, const std::string& sql,
                   const base::CallLimits& limits);

  // Inside COPY FROM STDIN: sends `data` and waits until it is gone.
  absl::Status PutCopy(std::string_view name, std::string_view data,
                       const base::CallLimits& limits);
  // Ends the COPY; with `keep` false the server forgets its rows. Complete
  // follows.
  absl::Status EndCopy(std::string_view name, bool keep,
                       const base::CallLimits& limits);

  // Waits for a notification and takes all that are there.
  absl::Status WaitForNotification(const base::CallLimits& limits);

  // The error of a failed function of libpq that sends.
  absl::Status SendFailed();

  // False once it is lost or closed.
  bool alive() const;
  // True when a transaction was begun and has not ended.
  bool in_transaction() const;
  // True when the server will only take a ROLLBACK.
  bool transaction_failed() const;
  // For a connection that has been idle: whether the server still holds it.
  bool StillThere();
  // Gives the connection up; the server notices and rolls back.
  void Close();

 private:
  explicit PostgresConnection(const PostgresTarget& target);

  absl::Status Open(const base::CallLimits& limits);
  absl::Status Wait(short events, const base::CallLimits& limits,
                    std::string_view what);
  absl::Status Flush(const base::CallLimits& limits, std::string_view what);
  // The next result, or null at the end of the statement.
  absl::StatusOr<Result> Next(const base::CallLimits& limits,
                              std::string_view what);
  void Interrupt();
  absl::Status Translate(const pg_result* result, std::string_view name,
                         const base::CallLimits& limits);

  const PostgresTarget& target_;
  pg_conn* connection_ = nullptr;
  int wake_ = -1;  // an eventfd that a stop request writes to
};

// The one translation of SQLSTATE into our errors. `object` names what the
// server says was violated, may be empty.
absl::Status FromSqlState(std::string_view state, std::string_view query,
                          std::string_view object,
                          const base::CallLimits& limits);

}  // namespace welfare::platform
