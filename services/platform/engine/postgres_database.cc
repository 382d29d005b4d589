#include "services/platform/engine/postgres_database.h"

#include <algorithm>
#include <bit>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/engine/guarded.h"
#include "services/platform/engine/postgres_connection.h"
#include "services/platform/engine/postgres_session.h"
#include "services/platform/engine/postgres_watch.h"
#include "services/platform/errors.h"
#include "services/platform/work/limited_wait.h"

namespace welfare::platform {
namespace {

constexpr std::string_view kBeginReadSql =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr std::string_view kBeginWriteSql =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
    "SELECT pg_advisory_xact_lock(";

// The number of the schema's advisory lock: FNV-1a. Processes of different
// versions must agree on it; do not change.
std::int64_t LockNumber(std::string_view schema) {
  std::uint64_t hash = 14695981039346656037U;
  for (const std::string_view part : {std::string_view("welfare/"), schema}) {
    for (const char c : part) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
  }
  return std::bit_cast<std::int64_t>(hash);
}

}  // namespace

struct PostgresDatabase::State {
  PostgresTarget target;
  int connections = 1;
  std::string begin_write;

  std::mutex mutex;
  std::condition_variable released;
  std::vector<std::unique_ptr<PostgresSession>> idle;
  int in_use = 0;
  int reading = 0;
  bool writing = false;
  int reads_waiting = 0;
  int writes_waiting = 0;
  int open = 0;

  // A place in the pool, without a connection yet. One is kept for writes, so
  // that readers cannot shut them out.
  absl::Status TakePlace(const base::CallLimits& limits, bool write) {
    std::unique_lock lock(mutex);
    int& waiting = write ? writes_waiting : reads_waiting;
    ++waiting;
    absl::Status status =
        WaitWithin(lock, released, limits, "waiting for the database", [&] {
          if (in_use >= connections) return false;
          return write ? !writing : reading < std::max(1, connections - 1);
        });
    --waiting;
    if (!status.ok()) return status;
    ++in_use;
    if (write) {
      writing = true;
    } else {
      ++reading;
    }
    return status;
  }

  void LeavePlace(std::unique_ptr<PostgresSession> session, bool write) {
    if (session != nullptr) PutBack(std::move(session));
    {
      const std::lock_guard lock(mutex);
      --in_use;
      if (write) {
        writing = false;
      } else {
        --reading;
      }
    }
    released.notify_all();
  }

  std::unique_ptr<PostgresSession> TakeIdle() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return nullptr;
    std::unique_ptr<PostgresSession> session = std::move(idle.back());
    idle.pop_back();
    return session;
  }

  void PutBack(std::unique_ptr<PostgresSession> session) {
    if (!session->usable()) return Discard(std::move(session));
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(session));
  }

  void Discard(std::unique_ptr<PostgresSession> session) {
    session.reset();
    const std::lock_guard lock(mutex);
    --open;
  }

  absl::StatusOr<std::unique_ptr<PostgresSession>> Connect(
      const base::CallLimits& limits) {
    absl::StatusOr<std::unique_ptr<PostgresSession>> session =
        PostgresSession::Open(target, limits);
    if (session.ok()) {
      const std::lock_guard lock(mutex);
      ++open;
    }
    return session;
  }

  // A session in a transaction. One from the pool may have been lost without
  // our notice; that is no reason to fail.
  absl::StatusOr<std::unique_ptr<PostgresSession>> Begin(
      const base::CallLimits& limits, const std::string& begin) {
    while (std::unique_ptr<PostgresSession> session = TakeIdle()) {
      if (!session->StillThere()) {
        Discard(std::move(session));
        continue;
      }
      absl::Status status = session->Begin(limits, begin);
      if (status.ok()) return session;
      const bool lost = !session->usable();
      PutBack(std::move(session));
      if (!lost || status.code() != absl::StatusCode::kUnavailable) {
        return status;
      }
    }
    absl::StatusOr<std::unique_ptr<PostgresSession>> session = Connect(limits);
    if (!session.ok()) return session;
    absl::Status status = (*session)->Begin(limits, begin);
    if (status.ok()) return session;
    PutBack(*std::move(session));
    return status;
  }

  // What can be known to be wrong before the first statement is.
  absl::Status Prepare(PostgresSession& session) {
    session.Reset(base::CallLimits::After(kServerLimit));
    struct Facts {
      bool utf8 = false;
      bool bytewise = false;
      bool schema_exists = false;
      bool may_create = false;
    };
    static constexpr Query kFacts{
        "look_at_database",
        "SELECT getdatabaseencoding() = 'UTF8', 'B' < 'a' AND 'z' < 'é',"
        " EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1),"
        " has_database_privilege(current_database(), 'CREATE')"};
    WELFARE_ASSIGN_OR_RETURN(
        const Facts facts,
        session.Get(kFacts, {target.schema}, [](const Row& row) {
          return Facts{.utf8 = row.Bool(0),
                       .bytewise = row.Bool(1),
                       .schema_exists = row.Bool(2),
                       .may_create = row.Bool(3)};
        }));
    if (!facts.utf8) {
      return DatabaseUnsuitable("its encoding is not UTF8");
    }
    if (!facts.bytewise) {
      return DatabaseUnsuitable(
          "it does not order text by bytes; make it with CREATE DATABASE ... "
          "TEMPLATE template0 LC_COLLATE 'C'");
    }
    if (!facts.schema_exists) {
      if (!facts.may_create) {
        return DatabaseUnsuitable("it has no schema " + target.schema +
                                  " and the role may not make one; make it "
                                  "with CREATE SCHEMA ... AUTHORIZATION");
      }
      const std::string sql =
          "CREATE SCHEMA IF NOT EXISTS \"" + target.schema + "\"";
      absl::Status made = session.Execute({"make_schema", sql}, {}).status();
      // Another process may have made it at the same moment.
      if (!made.ok() && made.code() != absl::StatusCode::kAlreadyExists) {
        return made;
      }
      session.Reset(base::CallLimits::After(kServerLimit));
    }
    static constexpr Query kRights{"look_at_schema",
                                   "SELECT has_schema_privilege($1, 'USAGE')"
                                   " AND has_schema_privilege($1, 'CREATE')"};
    WELFARE_ASSIGN_OR_RETURN(
        const bool rights,
        session.Get(kRights, {target.schema},
                    [](const Row& row) { return row.Bool(0); }));
    if (rights) return absl::OkStatus();
    return DatabaseUnsuitable("the role may not use the schema " +
                              target.schema + "; make the role its owner");
  }
};

PostgresDatabase::PostgresDatabase(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
PostgresDatabase::~PostgresDatabase() = default;

absl::StatusOr<std::unique_ptr<PostgresDatabase>> PostgresDatabase::Open(
    const Options& options) {
  auto state = std::make_unique<State>();
  WELFARE_ASSIGN_OR_RETURN(state->target,
                           PostgresTarget::Parse(options.url, options.schema));
  state->connections = std::max(1, options.connections);
  state->begin_write = std::string(kBeginWriteSql) +
                       std::to_string(LockNumber(options.schema)) + ")";
  WELFARE_ASSIGN_OR_RETURN(
      std::unique_ptr<PostgresSession> session,
      state->Connect(base::CallLimits::After(kServerLimit)));
  WELFARE_RETURN_IF_ERROR(state->Prepare(*session));
  state->idle.push_back(std::move(session));
  return std::unique_ptr<PostgresDatabase>(
      new PostgresDatabase(std::move(state)));
}

absl::Status PostgresDatabase::RunRead(const base::CallLimits& limits,
                                       const ReadFunction& read) {
  static const std::string begin(kBeginReadSql);
  if (absl::Status status = state_->TakePlace(limits, false); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::unique_ptr<PostgresSession>> session =
      state_->Begin(limits, begin);
  if (!session.ok()) {
    state_->LeavePlace(nullptr, false);
    return session.status();
  }
  absl::Status status = Guarded("a read", [&] { return read(**session); });
  if (status.ok()) status = (*session)->failure();
  (*session)->RollBack();
  state_->LeavePlace(*std::move(session), false);
  return status;
}

absl::Status PostgresDatabase::RunWrite(const base::CallLimits& limits,
                                        const WriteFunction& write) {
  if (absl::Status status = state_->TakePlace(limits, true); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::unique_ptr<PostgresSession>> session =
      state_->Begin(limits, state_->begin_write);
  if (!session.ok()) {
    state_->LeavePlace(nullptr, true);
    return session.status();
  }
  absl::Status status = Guarded("a write", [&] { return write(**session); });
  if (status.ok()) status = (*session)->failure();
  if (status.ok()) {
    status = (*session)->Commit();
  }
  (*session)->RollBack();
  state_->LeavePlace(*std::move(session), true);
  return status;
}

std::unique_ptr<ChangeWatch> PostgresDatabase::WatchChanges(
    std::function<void()> changed) {
  return std::make_unique<PostgresWatch>(state_->target, std::move(changed));
}

PoolState PostgresDatabase::pool() const {
  const std::lock_guard lock(state_->mutex);
  return {.open = state_->open,
          .max = state_->connections,
          .reads_waiting = state_->reads_waiting,
          .writes_waiting = state_->writes_waiting};
}

// What is dumped and loaded again gets other numbers; a server that is moved or
// restarted keeps them.
absl::StatusOr<std::string> PostgresDatabase::Place() {
  static constexpr Query kFindPlace{
      "find_place",
      "SELECT 'cluster ' || c.system_identifier || ' database ' || d.oid ||"
      " ' schema ' || n.oid FROM pg_control_system() c, pg_database d,"
      " pg_namespace n WHERE d.datname = current_database()"
      " AND n.nspname = current_schema()"};
  return Read([](Connection& connection) {
    return connection.Get(kFindPlace, {},
                          [](const Row& row) { return row.Text(0); });
  });
}

// Of the schema alone: a database may hold those of others.
absl::StatusOr<StorageState> PostgresDatabase::Storage() {
  static constexpr Query kMeasure{
      "measure_schema",
      "SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0)::BIGINT"
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname = current_schema() AND c.relkind = 'r'"};
  WELFARE_ASSIGN_OR_RETURN(
      const std::int64_t bytes, Read([](Connection& connection) {
        return connection.Get(kMeasure, {},
                              [](const Row& row) { return row.Int64(0); });
      }));
  return StorageState{.bytes = bytes};
}

}  // namespace welfare::platform
