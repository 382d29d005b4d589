#include "services/platform/engine/sqlite_session.h"

#include <sqlite3.h>

#include <cerrno>
#include <span>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/engine/guarded.h"
#include "services/platform/engine/schema_aliases.h"
#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

// How many virtual machine steps pass between two looks at the deadline: about
// 50 microseconds of work.
constexpr int kStepsPerCheck = 2000;
// Statements kept prepared on each connection.
constexpr std::size_t kSqliteStatements = 256;

// To which a log that was longer is cut when it begins anew: 128 MiB, at which
// one that is always written begins anew. To cut that and let it grow again
// would take a commit tens of milliseconds.
constexpr char kKeepLog[] = "PRAGMA journal_size_limit=134217728;";

constexpr Query kBeginWrite{"begin", "BEGIN IMMEDIATE"};
constexpr Query kBeginRead{"begin_read", "BEGIN"};
constexpr Query kCommit{"commit", "COMMIT"};
constexpr Query kRollback{"rollback", "ROLLBACK"};
constexpr Query kSavepoint{"savepoint", "SAVEPOINT isolated"};
constexpr Query kRelease{"release", "RELEASE isolated"};
constexpr Query kCheckpoint{"checkpoint", ""};
constexpr Query kRollbackTo{"rollback_to", "ROLLBACK TO isolated"};

// SQLite's words for the aliases of migrations.h.
class SqliteWords final : public SchemaAliasWords {
 public:
  std::string Bytes() override { return "BLOB"; }

  std::string AppendOnly(const std::string& table) override {
    return Refuse(table, "update", "UPDATE") +
           Refuse(table, "delete", "DELETE");
  }

  // A look-up within the process costs little.
  std::string CheckOnce(const Reference&) override { return ""; }

 private:
  static std::string Refuse(const std::string& table, const char* what,
                            const char* verb) {
    return absl::StrCat("CREATE TRIGGER ", table, "_refuses_", what, " BEFORE ",
                        verb, " ON ", table, " BEGIN SELECT RAISE(ABORT, '",
                        table, " is append-only'); END; ");
  }
};

class SqliteRow final : public Row {
 public:
  SqliteRow(sqlite3_stmt* statement, const Query& query)
      : statement_(statement),
        query_(query),
        columns_(sqlite3_column_count(statement)) {}

  bool IsNull(int column) const override {
    return !Exists(column) ||
           sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t Int64(int column) const override {
    if (!Demand(column, SQLITE_INTEGER, "an integer")) return 0;
    return sqlite3_column_int64(statement_, column);
  }
  std::string_view TextView(int column) const override {
    if (!Demand(column, SQLITE_TEXT, "text")) return {};
    return Raw(column);
  }
  std::string_view BytesView(int column) const override {
    if (!Demand(column, SQLITE_BLOB, "bytes")) return {};
    return Raw(column);
  }

  const absl::Status& status() const { return status_; }

 private:
  bool Exists(int column) const {
    if (column >= 0 && column < columns_) return true;
    if (status_.ok()) {
      status_ = ColumnMismatch(query_.name, column, "a column");
    }
    return false;
  }
  bool Demand(int column, int type, std::string_view word) const {
    if (!Exists(column)) return false;
    if (sqlite3_column_type(statement_, column) == type) return true;
    if (status_.ok()) status_ = ColumnMismatch(query_.name, column, word);
    return false;
  }
  std::string_view Raw(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr || size == 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
  }

  sqlite3_stmt* statement_;
  const Query& query_;
  int columns_;
  mutable absl::Status status_;
};

}  // namespace

SqliteSession::~SqliteSession() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

absl::StatusOr<std::unique_ptr<SqliteSession>> SqliteSession::Open(
    const std::string& path, bool read_only,
    std::chrono::milliseconds busy_timeout) {
  auto session =
      std::unique_ptr<SqliteSession>(new SqliteSession(busy_timeout));
  const int flags = read_only ? SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                    SQLITE_OPEN_NOMUTEX;
  const int code =
      sqlite3_open_v2(path.c_str(), &session->handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    return DatabaseUnavailable(sqlite3_errstr(code));
  }
  sqlite3_extended_result_codes(session->handle_, 1);
  sqlite3_progress_handler(session->handle_, kStepsPerCheck, &OnProgress,
                           session.get());
  sqlite3_busy_handler(session->handle_, &OnBusy, session.get());
  // KiB of pages; every connection keeps what it has had. What does not fit
  // is in the system's own cache.
  std::string pragmas =
      std::string("PRAGMA foreign_keys=ON; PRAGMA cache_size=") +
      (read_only ? "-8192" : "-16384") +
      "; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;";
  if (!read_only) {
    pragmas += "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
    pragmas += kKeepLog;
  }
  const base::CallLimits limits = base::CallLimits::After(busy_timeout);
  session->Reset(limits, /*read_only=*/false);
  int result = SQLITE_OK;
  // Of two that make a file's log at once, SQLite refuses one without asking
  // the busy handler, as both hold what the other waits for.
  while (true) {
    result = sqlite3_exec(session->handle_, pragmas.c_str(), nullptr, nullptr,
                          nullptr);
    if ((result & 0xff) != SQLITE_BUSY || limits.expired()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (result != SQLITE_OK) {
    if (session->NoRoom() || (result & 0xff) == SQLITE_FULL) {
      return StorageFull("open");
    }
    if ((result & 0xff) == SQLITE_BUSY) return DatabaseBusy("open");
    return DatabaseUnavailable(sqlite3_errmsg(session->handle_));
  }
  // In the place of SQLite's own, by which the commit that fills a log waits
  // until all of it is in the file (sqlite_checkpointer.h).
  if (!read_only) {
    sqlite3_wal_hook(session->handle_, &OnLogged, session.get());
  }
  return session;
}

absl::Status SqliteSession::BeginRead(const base::CallLimits& limits) {
  Reset(limits, /*read_only=*/true);
  return Run(kBeginRead, {}, nullptr);
}

absl::Status SqliteSession::BeginWrite(const base::CallLimits& limits) {
  Reset(limits, /*read_only=*/false);
  log_pages_ = 0;
  return Run(kBeginWrite, {}, nullptr);
}

absl::Status SqliteSession::Commit() { return RunUnlimited(kCommit); }

absl::Status SqliteSession::Checkpoint() {
  Reset(base::CallLimits{}, /*read_only=*/false);
  const int code = sqlite3_wal_checkpoint_v2(
      handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  return code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY
             ? absl::OkStatus()
             : Translate(kCheckpoint, code);
}

absl::Status SqliteSession::SyncFile() {
  sqlite3_file* file = nullptr;
  int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER,
                                  static_cast<void*>(&file));
  if (code == SQLITE_OK && file != nullptr && file->pMethods != nullptr) {
    code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  }
  return code == SQLITE_OK ? absl::OkStatus() : Translate(kCheckpoint, code);
}

int SqliteSession::OnLogged(void* self, sqlite3* /*handle*/,
                            const char* /*database*/, int pages) {
  static_cast<SqliteSession*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

bool SqliteSession::broken() const {
  return sqlite3_get_autocommit(handle_) != 0;
}

void SqliteSession::Reset(const base::CallLimits& limits, bool read_only) {
  limits_ = limits;
  read_only_ = read_only;
  failure_ = absl::OkStatus();
  busy_since_ = std::chrono::steady_clock::now();
}

absl::Status SqliteSession::ForEach(const Query& query,
                                    const Parameters& parameters,
                                    const RowFunction& row) {
  return Attempt(query.name, [&] { return Run(query, parameters, &row); });
}

absl::StatusOr<std::int64_t> SqliteSession::Execute(
    const Query& query, const Parameters& parameters) {
  const int before = sqlite3_total_changes(handle_);
  absl::Status status =
      Attempt(query.name, [&] { return Run(query, parameters, nullptr); });
  if (!status.ok()) return status;
  // total_changes counts no change of a statement without one, which
  // sqlite3_changes would report from the statement before.
  return sqlite3_total_changes(handle_) == before ? 0
                                                  : sqlite3_changes64(handle_);
}

absl::StatusOr<std::int64_t> SqliteSession::BulkInsert(const BulkTarget& target,
                                                       const RowSource& rows) {
  std::int64_t count = 0;
  absl::Status status =
      Attempt(target.name, [&] { return Insert(target, rows, count); });
  if (!status.ok()) return status;
  return count;
}

absl::Status SqliteSession::ExecuteScript(const Query& script) {
  return Attempt(script.name, [&]() -> absl::Status {
    if (absl::Status status = CheckLimits(script); !status.ok()) {
      return status;
    }
    SqliteWords words;
    const std::string text = ExpandAliases(script.sql, words);
    const int code =
        sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return absl::OkStatus();
    return Translate(script, code);
  });
}

absl::Status SqliteSession::Isolated(
    const base::CallLimits& limits,
    const std::function<absl::Status(Transaction&)>& change) {
  if (!failure_.ok()) return failure_;
  const base::CallLimits outer = limits_;
  if (absl::Status status = RunUnlimited(kSavepoint); !status.ok()) {
    return failure_ = status;
  }
  limits_ = limits;
  absl::Status status = Guarded("a transaction", [&] { return change(*this); });
  limits_ = outer;
  if (status.ok()) status = failure_;
  if (broken()) {
    return status.ok() ? DatabaseUnavailable("the transaction was given up")
                       : status;
  }
  if (!status.ok()) {
    if (absl::Status undone = RunUnlimited(kRollbackTo); !undone.ok()) {
      return failure_ = undone;
    }
    failure_ = absl::OkStatus();
  }
  if (absl::Status released = RunUnlimited(kRelease); !released.ok()) {
    return failure_ = released;
  }
  return status;
}

absl::Status SqliteSession::RunUnlimited(const Query& query) {
  const base::CallLimits limits = std::exchange(limits_, base::CallLimits{});
  absl::Status status = Run(query, {}, nullptr);
  limits_ = limits;
  return status;
}

void SqliteSession::RollBack() {
  if (!broken()) RunUnlimited(kRollback).IgnoreError();
}

template <typename F>
absl::Status SqliteSession::Attempt(std::string_view name, const F& statement) {
  if (!failure_.ok()) return failure_;
  if (running_) {
    return StatementFailed(name, "a row function runs no statements");
  }
  running_ = true;
  absl::Status status = statement();
  running_ = false;
  return failure_ = std::move(status);
}

absl::Status SqliteSession::Insert(const BulkTarget& target,
                                   const RowSource& rows, std::int64_t& count) {
  std::string sql = "INSERT INTO " + std::string(target.table) + " (" +
                    std::string(target.columns) + ") VALUES (";
  const std::size_t columns = SplitColumns(target.columns).size();
  for (std::size_t i = 1; i <= columns; ++i) {
    sql += (i == 1 ? "$" : ", $") + std::to_string(i);
  }
  sql += ")";
  const Query query{target.name, sql};
  std::vector<Parameter> row;
  while (true) {
    const absl::StatusOr<bool> more =
        Guarded(target.name, [&] { return rows(row); });
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    absl::Status status = Run(query, row, nullptr);
    if (!status.ok()) return status;
    ++count;
  }
}

int SqliteSession::OnProgress(void* self) {
  const auto* session = static_cast<SqliteSession*>(self);
  return session->limits_.expired() || session->limits_.cancelled() ? 1 : 0;
}

int SqliteSession::OnBusy(void* self, int attempts) {
  auto* session = static_cast<SqliteSession*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (attempts == 0) session->busy_since_ = now;
  if (now - session->busy_since_ >= session->busy_timeout_ ||
      OnProgress(self) != 0) {
    return 0;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return 1;
}

absl::Status SqliteSession::CheckLimits(const Query& query) const {
  if (limits_.cancelled()) return Cancelled(query.name);
  if (limits_.expired()) return DeadlineExceeded(query.name);
  return absl::OkStatus();
}

absl::Status SqliteSession::Translate(const Query& query, int code) const {
  switch (code & 0xff) {
    case SQLITE_INTERRUPT:
      return limits_.cancelled() ? Cancelled(query.name)
                                 : DeadlineExceeded(query.name);
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_UNIQUE ||
          code == SQLITE_CONSTRAINT_PRIMARYKEY ||
          code == SQLITE_CONSTRAINT_ROWID) {
        return UniqueViolation(query.name);
      }
      return ConstraintViolation(query.name, sqlite3_errmsg(handle_));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (limits_.cancelled()) return Cancelled(query.name);
      if (limits_.expired()) return DeadlineExceeded(query.name);
      return DatabaseBusy(query.name);
    case SQLITE_FULL:
      return StorageFull(query.name);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return NoRoom() ? StorageFull(query.name)
                      : DatabaseUnavailable(sqlite3_errstr(code));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
      return DatabaseUnavailable(sqlite3_errstr(code));
    default:
      return StatementFailed(query.name, sqlite3_errmsg(handle_));
  }
}

bool SqliteSession::NoRoom() const {
  const int error = sqlite3_system_errno(handle_);
  return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

absl::StatusOr<sqlite3_stmt*> SqliteSession::Prepare(const Query& query) {
  const auto found = statements_.find(query.sql);
  if (found != statements_.end()) return found->second;
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(
      handle_, query.sql.data(), static_cast<int>(query.sql.size()),
      SQLITE_PREPARE_PERSISTENT, &statement, &tail);
  if (code != SQLITE_OK) return Translate(query, code);
  if (statement == nullptr) {
    return StatementFailed(query.name, "there is no statement");
  }
  if (statements_.size() >= kSqliteStatements) {
    for (auto& [sql, old] : statements_) sqlite3_finalize(old);
    statements_.clear();
    texts_.clear();
  }
  texts_.emplace_back(query.sql);
  statements_.emplace(std::string_view(texts_.back()), statement);
  return statement;
}

absl::Status SqliteSession::Bind(const Query& query, sqlite3_stmt* statement,
                                 const Parameters& parameters) {
  const std::span<const Parameter> values = parameters.values();
  if (absl::Status status = CheckTexts(query.name, values); !status.ok()) {
    return status;
  }
  if (sqlite3_bind_parameter_count(statement) !=
      static_cast<int>(values.size())) {
    return StatementFailed(query.name, "wrong number of parameters");
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    // $1, $2 are names to SQLite and numbered by first appearance.
    const int index = sqlite3_bind_parameter_index(
        statement, ("$" + std::to_string(i + 1)).c_str());
    if (index == 0) {
      return StatementFailed(query.name, "parameters must be $1 to $n");
    }
    const Parameter::Value& value = values[i].value();
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      code = sqlite3_bind_int64(statement, index, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      code = sqlite3_bind_text64(statement, index, text->data(), text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
      // A null pointer would bind NULL instead of an empty byte string.
      const char* data = bytes->data.empty() ? "" : bytes->data.data();
      code = sqlite3_bind_blob64(statement, index, data, bytes->data.size(),
                                 SQLITE_STATIC);
    } else {
      code = sqlite3_bind_null(statement, index);
    }
    if (code != SQLITE_OK) return Translate(query, code);
  }
  return absl::OkStatus();
}

absl::Status SqliteSession::Run(const Query& query,
                                const Parameters& parameters,
                                const RowFunction* row) {
  if (absl::Status status = CheckLimits(query); !status.ok()) return status;
  absl::StatusOr<sqlite3_stmt*> statement = Prepare(query);
  if (!statement.ok()) return statement.status();
  if (read_only_ && sqlite3_stmt_readonly(*statement) == 0) {
    return StatementFailed(query.name, "a Read cannot change anything");
  }
  absl::Status status = Bind(query, *statement, parameters);
  if (status.ok()) status = Step(query, *statement, row);
  sqlite3_reset(*statement);
  sqlite3_clear_bindings(*statement);
  return status;
}

absl::Status SqliteSession::Step(const Query& query, sqlite3_stmt* statement,
                                 const RowFunction* row) {
  const SqliteRow current(statement, query);
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return absl::OkStatus();
    if (code != SQLITE_ROW) return Translate(query, code);
    if (row == nullptr) continue;
    absl::Status status = Guarded(query.name, [&] { return (*row)(current); });
    if (!current.status().ok()) return current.status();
    if (!status.ok()) return status;
  }
}

}  // namespace welfare::platform
