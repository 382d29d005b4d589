#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/call_limits.h"
#include "services/base/time/clock.h"

namespace welfare::platform {

// One SQL statement as a named constant. The name stands in errors, logs and
// metrics; the text and its values never do. Parameters are $1, $2, ...
//
//   constexpr Query kFindRound{"find_round",
//       "SELECT state FROM rounds WHERE survey = $1 AND fiscal_year = $2"};
struct Query {
  std::string_view name;
  std::string_view sql;
};

// Where BulkInsert puts its rows, as a named constant.
//
//   constexpr BulkTarget kAddRecords{"add_status_records", "status_records",
//                                    "program, fiscal_year, version"};
struct BulkTarget {
  std::string_view name;
  std::string_view table;
  // Names separated by commas. Their types are BIGINT, TEXT or {bytes}.
  std::string_view columns;
};

// A byte string, as a parameter: BYTEA, where a std::string is TEXT.
struct Bytes {
  std::string data;
};

// A value for one $n. Owns its text, so it may outlive what it was made from.
class Parameter {
 public:
  using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Bytes>;

  // Implicit, so that {code, 2025, name} is a list of parameters.
  // NOLINTBEGIN(google-explicit-constructor)
  Parameter(std::nullptr_t) : value_(nullptr) {}
  template <std::integral T>
  Parameter(T value) : value_(static_cast<std::int64_t>(value)) {}
  Parameter(std::string text) : value_(std::move(text)) {}
  Parameter(std::string_view text) : value_(std::string(text)) {}
  Parameter(const char* text) : value_(std::string(text)) {}
  Parameter(Bytes bytes) : value_(std::move(bytes)) {}
  // NULL when empty.
  template <typename T>
  Parameter(const std::optional<T>& value) : value_(nullptr) {
    if (value.has_value()) value_ = Parameter(*value).value_;
  }
  // NOLINTEND(google-explicit-constructor)

  const Value& value() const { return value_; }

 private:
  Value value_;
};

// The parameters of one statement, borrowed for the call.
class Parameters {
 public:
  Parameters() = default;
  Parameters(std::initializer_list<Parameter> list)
      : values_(list.begin(), list.size()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): as a list is
  Parameters(const std::vector<Parameter>& list) : values_(list) {}

  std::span<const Parameter> values() const { return values_; }

 private:
  std::span<const Parameter> values_;
};

// One row of a result, valid only inside the function it is handed to. Columns
// count from 0. Reading a column as the wrong type, a NULL where a value is
// demanded, or a column that does not exist makes the statement end with
// INTERNAL, reason COLUMN_MISMATCH; the accessor itself then returns a zero
// value, so that a row function needs no error path of its own.
class Row {
 public:
  Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  virtual ~Row() = default;

  virtual bool IsNull(int column) const = 0;
  virtual std::int64_t Int64(int column) const = 0;
  // The views end with the row.
  virtual std::string_view TextView(int column) const = 0;
  virtual std::string_view BytesView(int column) const = 0;

  std::string Text(int column) const { return std::string(TextView(column)); }
  std::string BytesOf(int column) const {
    return std::string(BytesView(column));
  }
  bool Bool(int column) const { return Int64(column) != 0; }
  // nullopt for NULL.
  std::optional<std::int64_t> FindInt64(int column) const {
    if (IsNull(column)) return std::nullopt;
    return Int64(column);
  }
  std::optional<std::string> FindText(int column) const {
    if (IsNull(column)) return std::nullopt;
    return Text(column);
  }
};

using RowFunction = std::function<absl::Status(const Row&)>;

// Fills `row` with one value for each column of a BulkTarget and returns true,
// or returns false when there is no further row. `row` comes as it was left,
// so that its memory is used again.
using RowSource =
    std::function<absl::StatusOr<bool>(std::vector<Parameter>& row)>;

// What may be asked inside Read: a consistent view of the database. Used by
// one thread, only inside the function it is handed to.
//
// A statement that failed, for whatever reason, ends the Read or Write: every
// later statement returns the same error, and so does the Read or Write itself
// even when its function returns OK. PostgreSQL knows no other way; SQLite
// does the same so that no store comes to rely on more. Isolated (below) is
// the way to survive a failure.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  // Calls `row` for each row, in the statement's order, until it fails. Rows
  // are handed on as they come; a large result needs no memory. `row` runs no
  // statements of its own.
  //
  // Errors (of every statement):
  //   DEADLINE_EXCEEDED, CANCELLED: the limits ended the statement.
  //   ABORTED, reason DATABASE_BUSY: another writer was in the way; repeat the
  //     whole Read or Write.
  //   UNAVAILABLE, reason DATABASE_UNAVAILABLE: the engine or its disk is gone.
  //   INVALID_ARGUMENT, reason TEXT_INVALID: a text parameter holds a NUL
  //     character or is no UTF-8.
  //   INTERNAL, reason DATABASE_STATEMENT or COLUMN_MISMATCH: a mistake in the
  //     statement.
  //   What `row` returns.
  virtual absl::Status ForEach(const Query& query, const Parameters& parameters,
                               const RowFunction& row) = 0;

  // Returns `read(row)` of every row.
  template <typename F, typename T = std::invoke_result_t<F, const Row&>>
  absl::StatusOr<std::vector<T>> List(const Query& query,
                                      const Parameters& parameters, F read) {
    std::vector<T> result;
    absl::Status status = ForEach(query, parameters, [&](const Row& row) {
      result.push_back(read(row));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return result;
  }

  // Returns `read(row)` of the first row, or nullopt when there is none.
  template <typename F, typename T = std::invoke_result_t<F, const Row&>>
  absl::StatusOr<std::optional<T>> Find(const Query& query,
                                        const Parameters& parameters, F read) {
    std::optional<T> result;
    absl::Status status = ForEach(query, parameters, [&](const Row& row) {
      if (!result.has_value()) result.emplace(read(row));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return result;
  }

  // As Find, for statements that always answer (COUNT, MAX).
  //
  // Errors: INTERNAL, reason NO_ROW: there was none.
  template <typename F, typename T = std::invoke_result_t<F, const Row&>>
  absl::StatusOr<T> Get(const Query& query, const Parameters& parameters,
                        F read) {
    absl::StatusOr<std::optional<T>> found = Find(query, parameters, read);
    if (!found.ok()) return found.status();
    if (!found->has_value()) return NoRow(query);
    return *std::move(*found);
  }

 private:
  static absl::Status NoRow(const Query& query);
};

// For engines: `columns` of a BulkTarget, one by one, without blanks.
std::vector<std::string_view> SplitColumns(std::string_view columns);

// For engines: OK when every text among `values` can be stored by all of them.
//
// Errors: INVALID_ARGUMENT, reason TEXT_INVALID: one holds a NUL character or
//   is no UTF-8.
absl::Status CheckTexts(std::string_view query,
                        std::span<const Parameter> values);

// What may be asked inside Write: everything a Connection may, and changes.
// `INSERT ... RETURNING` goes through ForEach, Find or Get.
class Transaction : public Connection {
 public:
  // Runs a statement without rows. Returns the number of rows it changed.
  //
  // Errors: those of ForEach, and
  //   ALREADY_EXISTS, reason UNIQUE_VIOLATION: a key is taken.
  //   FAILED_PRECONDITION, reason CONSTRAINT_VIOLATION: a foreign key, check or
  //     append-only rule refused the change.
  //   RESOURCE_EXHAUSTED, reason STORAGE_FULL: the disk is full.
  virtual absl::StatusOr<std::int64_t> Execute(
      const Query& query, const Parameters& parameters) = 0;

  // Inserts every row of `rows`, by the fastest way the engine has: some
  // thousand rows are one call, not as many statements. Returns their number.
  //
  // Errors: those of Execute, and what `rows` returns.
  virtual absl::StatusOr<std::int64_t> BulkInsert(const BulkTarget& target,
                                                  const RowSource& rows) = 0;

  // Tells every WatchChanges of this database, of this process and of others,
  // when the transaction has been committed. Costs nothing where one process
  // owns the database (SQLite).
  virtual absl::Status NotifyChange() = 0;

  // Runs several statements separated by semicolons, without parameters. For
  // migrations; `{bytes}` and the other aliases of migrations.h are expanded.
  virtual absl::Status ExecuteScript(const Query& script) = 0;

  // Runs `change` so that its failure undoes only itself (a savepoint), within
  // `limits`: the transaction goes on as if it had never been tried. Returns
  // what `change` returns.
  virtual absl::Status Isolated(
      const base::CallLimits& limits,
      const std::function<absl::Status(Transaction&)>& change) = 0;

  // True once the engine has given up the whole transaction (a full disk, an
  // interrupted change, a lost connection). Nothing of it can be committed any
  // more.
  virtual bool broken() const = 0;
};

// Ends the watching when destroyed: after that the function is not called any
// more, and a call that runs has returned.
class ChangeWatch {
 public:
  ChangeWatch() = default;
  ChangeWatch(const ChangeWatch&) = delete;
  ChangeWatch& operator=(const ChangeWatch&) = delete;
  virtual ~ChangeWatch() = default;
};

// The connections of a database now.
struct PoolState {
  int open = 0;
  int max = 0;
  // Who waits for one, or for the writes before it.
  int reads_waiting = 0;
  int writes_waiting = 0;
};

// The write-ahead log of an embedded database.
struct LogState {
  std::int64_t bytes = 0;
  // Times that it could not be brought into the database's file.
  std::int64_t failures = 0;
};

// What a database takes of the disk it is on, as far as its engine can tell.
struct StorageState {
  std::int64_t bytes = 0;
  // A part of `bytes`. None: it is a server's.
  std::optional<LogState> log = {};
  // What the disk has left. None: it is the disk of a server.
  std::optional<std::int64_t> free_bytes = {};
  // When --backup-to last copied it; 0: never. None: it is not copied so.
  std::optional<base::Timestamp> last_backup = {};
};

// What was to be written to an audit log and could not be.
enum class AuditKind { kChange, kRead, kRefusal };

// One service's database. Any thread may call it. Implementations:
// SqliteDatabase, PostgresDatabase, and GroupCommit around one of them.
// Services open theirs with OpenDatabase (open_database.h).
//
// One Write runs at a time, on every engine and over all processes that use
// the database: a Write reads what the one before it left.
//
// Invariants:
//   A Write that returned OK is on disk; one that returned an error left
//   nothing behind, except UNAVAILABLE at the commit itself, after which the
//   caller repeats with the same request_id.
class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  using ReadFunction = std::function<absl::Status(Connection&)>;
  using WriteFunction = std::function<absl::Status(Transaction&)>;

  // Runs `read` on one consistent state of the database and returns what it
  // returns: absl::Status or absl::StatusOr<T>. Does not start when the limits
  // have passed. Must not be called inside a Read or Write of the same
  // database.
  template <typename F>
  std::invoke_result_t<F, Connection&> Read(const base::CallLimits& limits,
                                            F read) {
    return RunAs<std::invoke_result_t<F, Connection&>>(
        [&](const auto& body) { return RunRead(limits, body); },
        [&](Connection& connection) { return read(connection); });
  }

  // Runs `write` in one transaction and returns what it returns; an error (or
  // an exception) rolls it back. `write` may be run again after a rollback and
  // on another thread: it must change nothing but the database and what it
  // overwrites from the start each time.
  template <typename F>
  std::invoke_result_t<F, Transaction&> Write(const base::CallLimits& limits,
                                              F write) {
    return RunAs<std::invoke_result_t<F, Transaction&>>(
        [&](const auto& body) { return RunWrite(limits, body); },
        [&](Transaction& transaction) { return write(transaction); });
  }

  // As above with the default limit of a call that has none.
  template <typename F>
  std::invoke_result_t<F, Connection&> Read(F read) {
    return Read(base::CallLimits::After(kDefaultTimeout), std::move(read));
  }
  template <typename F>
  std::invoke_result_t<F, Transaction&> Write(F write) {
    return Write(base::CallLimits::After(kDefaultTimeout), std::move(write));
  }

  // Returns OK when the database answers. For readiness checks.
  virtual absl::Status Ping();

  static constexpr std::chrono::milliseconds kDefaultTimeout{30000};

  // Calls `changed` after every commit of another process that contained a
  // NotifyChange (several close together may be one call; commits of this
  // process are told too), and once after each time the watch has connected,
  // since it may have missed some before. Never called where one process owns
  // the database (SQLite).
  //
  // `changed` runs on a thread of the watch, one call at a time; it may read
  // and write, and must not destroy the watch. The watch ends before the
  // database does.
  virtual std::unique_ptr<ChangeWatch> WatchChanges(
      std::function<void()> changed) = 0;

  virtual PoolState pool() const = 0;

  // Returns a name of the place where the database is kept: a copy of it is
  // kept in another. Empty where none can be told (in memory).
  //
  // Errors: those of Read.
  virtual absl::StatusOr<std::string> Place() = 0;

  // Looks at the disk; a question or two.
  //
  // Errors: those of Read.
  virtual absl::StatusOr<StorageState> Storage() { return StorageState{}; }

  // Told by whoever appends to the audit log that it failed.
  virtual void OnAuditFailure(AuditKind /*kind*/) {}

  // What Read and Write call; public for databases that wrap another.
  virtual absl::Status RunRead(const base::CallLimits& limits,
                               const ReadFunction& read) = 0;
  virtual absl::Status RunWrite(const base::CallLimits& limits,
                                const WriteFunction& write) = 0;

 private:
  // Carries a StatusOr<T> across an interface that knows only Status.
  template <typename Result, typename Run, typename Body>
  static Result RunAs(const Run& run, const Body& body) {
    if constexpr (std::is_same_v<Result, absl::Status>) {
      return run(body);
    } else {
      std::optional<Result> result;
      absl::Status status = run([&](auto& connection) -> absl::Status {
        result.emplace(body(connection));
        return result->status();
      });
      if (!status.ok()) return status;
      return *std::move(result);
    }
  }
};

}  // namespace welfare::platform
