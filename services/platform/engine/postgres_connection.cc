#include "services/platform/engine/postgres_connection.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

using Clock = std::chrono::steady_clock;

// For cancelling a statement and taking in what is left of it.
constexpr std::chrono::milliseconds kInterruptLimit{1000};
// The rest of a result nobody wants is read for so long before its statement
// is cancelled: most are at their end by then.
constexpr std::chrono::milliseconds kDrainLimit{5};

// What every connection sets. A server whose client has gone stops the
// client's statement and frees its locks; a write that hangs between two
// statements does not hold the schema's lock for ever. Our statements are
// small: compiling them costs more than it saves. A commit that is answered
// is on disk, whatever the role's default.
constexpr std::string_view kSettings =
    "SET client_connection_check_interval = 1000;"
    "SET idle_in_transaction_session_timeout = 60000;"
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10;"
    "SET tcp_keepalives_count = 3; SET jit = off;"
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'";

base::CallLimits Within(const base::CallLimits& limits,
                        std::chrono::milliseconds most) {
  base::CallLimits both = limits;
  both.deadline = std::min(limits.deadline, Clock::now() + most);
  return both;
}

// Milliseconds until the deadline, rounded up; -1 for never.
int Remaining(const base::CallLimits& limits) {
  if (limits.deadline == base::CallLimits::TimePoint::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                        limits.deadline - Clock::now())
                        .count();
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, kMost));
}

std::string_view View(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// Why a connection was not made, in our words: libpq's have the address and
// the user in them. PQERRORS_SQLSTATE leaves the code at the end.
std::string_view ConnectCause(std::string_view message) {
  while (message.ends_with('\n')) message.remove_suffix(1);
  const std::string_view state = message.size() < 5
                                     ? std::string_view()
                                     : message.substr(message.size() - 5);
  if (state == "28P01" || state == "28000") {
    return "the server refuses the role or its password";
  }
  if (state == "3D000") return "the server has no such database";
  if (state == "42501") return "the role may not connect to the database";
  if (state == "53300") return "the server has too many connections";
  if (state == "57P03") return "the server is starting or stopping";
  return "no server answers";
}

bool IsSchemaName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 48 && !name.starts_with("pg_") &&
         (name[0] < '0' || name[0] > '9') &&
         std::all_of(name.begin(), name.end(), fits);
}

bool IsLimit(const absl::Status& status) {
  return status.code() == absl::StatusCode::kDeadlineExceeded ||
         status.code() == absl::StatusCode::kCancelled;
}

}  // namespace

absl::StatusOr<PostgresTarget> PostgresTarget::Parse(const std::string& url,
                                                     std::string schema) {
  if (!IsSchemaName(schema)) {
    return DatabaseUrlInvalid(
        "a PostgreSQL schema is named with lower case letters, digits and _");
  }
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  // libpq would say why with a piece of the URL, which may be the password.
  if (options == nullptr) {
    return DatabaseUrlInvalid("libpq cannot read it");
  }
  PostgresTarget target;
  const auto set = [&](std::string_view name, std::string_view value) {
    target.parameters.emplace_back(name, value);
  };
  const auto has = [&](std::string_view name) {
    return std::any_of(target.parameters.begin(), target.parameters.end(),
                       [&](const auto& pair) { return pair.first == name; });
  };
  for (const PQconninfoOption* option = options; option->keyword != nullptr;
       ++option) {
    const std::string_view name = option->keyword;
    if (option->val == nullptr || name == "client_encoding") continue;
    set(name, option->val);
  }
  PQconninfoFree(options);
  set("client_encoding", "UTF8");
  set("fallback_application_name", "welfare-" + schema);
  // A peer that vanished without a word is noticed within a minute.
  for (const auto& [name, value] : {std::pair{"keepalives_idle", "30"},
                                    {"keepalives_interval", "10"},
                                    {"keepalives_count", "3"},
                                    {"tcp_user_timeout", "60000"}}) {
    if (!has(name)) set(name, value);
  }
  target.schema = std::move(schema);
  return target;
}

void PostgresConnection::Clear::operator()(pg_result* result) const {
  PQclear(result);
}

PostgresConnection::PostgresConnection(const PostgresTarget& target)
    : target_(target), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

PostgresConnection::~PostgresConnection() {
  Close();
  if (wake_ >= 0) close(wake_);
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const PostgresTarget& target, const base::CallLimits& limits) {
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(target));
  const base::CallLimits bounded = Within(limits, kServerLimit);
  absl::Status status = connection->Open(bounded);
  if (status.ok()) {
    status = connection->Run("set_up_connection",
                             "SET search_path TO \"" + target.schema + "\";" +
                                 std::string(kSettings),
                             bounded);
  }
  if (status.ok()) return connection;
  // Our own bound is no deadline of the caller's.
  if (IsLimit(status) && !limits.cancelled() && !limits.expired()) {
    return DatabaseUnavailable("the server does not answer in time");
  }
  return status;
}

absl::Status PostgresConnection::Open(const base::CallLimits& limits) {
  if (wake_ < 0) return DatabaseUnavailable("there are too many open files");
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : target_.parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  if (limits.cancelled()) return Cancelled("connecting");
  if (limits.expired()) return DeadlineExceeded("connecting");
  connection_ = PQconnectStartParams(names.data(), values.data(), 0);
  if (connection_ == nullptr) {
    return DatabaseUnavailable("there is no memory for a connection");
  }
  PQsetErrorVerbosity(connection_, PQERRORS_SQLSTATE);
  // Notices would go to stderr.
  PQsetNoticeReceiver(
      connection_, [](void*, const PGresult*) {}, nullptr);
  // As the manual has it: behave as if it had asked for writing.
  PostgresPollingStatusType state = PQstatus(connection_) == CONNECTION_BAD
                                        ? PGRES_POLLING_FAILED
                                        : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) {
      return DatabaseUnavailable(ConnectCause(PQerrorMessage(connection_)));
    }
    absl::Status status =
        Wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, limits,
             "connecting");
    if (!status.ok()) return status;
    state = PQconnectPoll(connection_);
  }
  if (PQserverVersion(connection_) < 140000) {
    return DatabaseUnsuitable("the server is older than PostgreSQL 14");
  }
  PQsetnonblocking(connection_, 1);
  return absl::OkStatus();
}

absl::Status PostgresConnection::Wait(short events,
                                      const base::CallLimits& limits,
                                      std::string_view what) {
  const int socket = PQsocket(connection_);
  if (socket < 0) return DatabaseUnavailable("the connection was lost");
  std::stop_callback wake(limits.stop, [this] { eventfd_write(wake_, 1); });
  std::array<pollfd, 2> watched = {
      {{.fd = socket, .events = events, .revents = 0},
       {.fd = wake_, .events = POLLIN, .revents = 0}}};
  const int ready = poll(watched.data(), watched.size(),
                         limits.cancelled() ? 0 : Remaining(limits));
  if (ready > 0 && watched[1].revents != 0) {
    eventfd_t ignored = 0;
    eventfd_read(wake_, &ignored);
  }
  // Also when something came: a result without end has an end.
  if (limits.cancelled()) return Cancelled(what);
  if (limits.expired()) return DeadlineExceeded(what);
  if (ready < 0 && errno != EINTR) {
    return DatabaseUnavailable("the connection was lost");
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::Flush(const base::CallLimits& limits,
                                       std::string_view what) {
  while (true) {
    // After a failure, what the server said before it closed is to be read.
    if (PQflush(connection_) != 1) return absl::OkStatus();
    absl::Status status = Wait(POLLIN | POLLOUT, limits, what);
    if (!status.ok()) return status;
    // A server that cannot get rid of its answer takes nothing more.
    if (PQconsumeInput(connection_) == 0) return absl::OkStatus();
  }
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::Next(
    const base::CallLimits& limits, std::string_view what) {
  while (PQisBusy(connection_) == 1) {
    absl::Status status = Wait(POLLIN, limits, what);
    if (!status.ok()) return status;
    // A lost connection ends the busy state with an error result.
    PQconsumeInput(connection_);
  }
  return Result(PQgetResult(connection_));
}

absl::Status PostgresConnection::Complete(std::string_view name,
                                          const base::CallLimits& limits,
                                          const ResultFunction& result) {
  absl::Status outcome;
  absl::Status limit = Flush(limits, name);
  // Set once `result` has failed and only the end is waited for.
  base::CallLimits current = limits;
  while (limit.ok()) {
    absl::StatusOr<Result> next = Next(current, name);
    if (!next.ok()) {
      limit = next.status();
      break;
    }
    if (*next == nullptr) break;
    const ExecStatusType kind = PQresultStatus(next->get());
    if (kind == PGRES_FATAL_ERROR || kind == PGRES_BAD_RESPONSE) {
      if (outcome.ok()) outcome = Translate(next->get(), name, limits);
      if (!alive()) return outcome;
      continue;
    }
    // The caller goes on with PutCopy and EndCopy.
    if (kind == PGRES_COPY_IN) return outcome;
    if (!outcome.ok()) continue;
    outcome = result(next->get());
    if (!outcome.ok()) {
      current = {.deadline = Clock::now() + kDrainLimit, .stop = {}};
    } else if (kind == PGRES_SINGLE_TUPLE) {
      // Rows that have arrived never make Next wait.
      if (limits.cancelled()) limit = Cancelled(name);
      if (limits.expired()) limit = DeadlineExceeded(name);
    }
  }
  if (limit.ok()) return outcome;
  if (alive()) Interrupt();
  return outcome.ok() ? limit : outcome;
}

absl::Status PostgresConnection::Run(std::string_view name,
                                     const std::string& sql,
                                     const base::CallLimits& limits) {
  if (PQsendQuery(connection_, sql.c_str()) == 0) return SendFailed();
  return Complete(name, limits,
                  [](const pg_result*) { return absl::OkStatus(); });
}

absl::Status PostgresConnection::PutCopy(std::string_view name,
                                         std::string_view data,
                                         const base::CallLimits& limits) {
  if (PQputCopyData(connection_, data.data(), static_cast<int>(data.size())) !=
      1) {
    return SendFailed();
  }
  return Flush(limits, name);
}

absl::Status PostgresConnection::EndCopy(std::string_view name, bool keep,
                                         const base::CallLimits& limits) {
  if (PQputCopyEnd(connection_, keep ? nullptr : "given up") != 1) {
    return SendFailed();
  }
  return Flush(limits, name);
}

absl::Status PostgresConnection::WaitForNotification(
    const base::CallLimits& limits) {
  while (true) {
    bool found = false;
    while (PGnotify* notification = PQnotifies(connection_)) {
      PQfreemem(notification);
      found = true;
    }
    if (found) return absl::OkStatus();
    absl::Status status = Wait(POLLIN, limits, "waiting for a notification");
    if (!status.ok()) return status;
    if (PQconsumeInput(connection_) == 0) return SendFailed();
  }
}

absl::Status PostgresConnection::SendFailed() {
  Close();
  return DatabaseUnavailable("the connection was lost");
}

bool PostgresConnection::alive() const {
  return connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK;
}

bool PostgresConnection::in_transaction() const {
  if (!alive()) return false;
  const PGTransactionStatusType state = PQtransactionStatus(connection_);
  return state != PQTRANS_IDLE && state != PQTRANS_UNKNOWN;
}

bool PostgresConnection::transaction_failed() const {
  return alive() && PQtransactionStatus(connection_) == PQTRANS_INERROR;
}

bool PostgresConnection::StillThere() {
  if (!alive()) return false;
  pollfd watched = {
      .fd = PQsocket(connection_), .events = POLLIN, .revents = 0};
  // What a healthy server has to say to an idle connection is nothing.
  return poll(&watched, 1, 0) == 0;
}

void PostgresConnection::Close() {
  if (connection_ == nullptr) return;
  PQfinish(connection_);
  connection_ = nullptr;
}

void PostgresConnection::Interrupt() {
  // Not PQcancel: it blocks for as long as a server does not answer.
  const base::CallLimits limits = base::CallLimits::After(kInterruptLimit);
  const int process = PQbackendPID(connection_);
  bool cancelled = false;
  if (absl::StatusOr<std::unique_ptr<PostgresConnection>> other =
          Connect(target_, limits);
      other.ok() &&
      (*other)
          ->Run("cancel",
                "SELECT pg_cancel_backend(" + std::to_string(process) + ")",
                limits)
          .ok()) {
    while (true) {
      absl::StatusOr<Result> next = Next(limits, "cancel");
      if (!next.ok()) break;
      if (*next == nullptr) {
        // One that ended by itself leaves a cancellation that could hit the
        // next statement.
        if (cancelled) return;
        break;
      }
      cancelled = cancelled || View(PQresultErrorField(
                                   next->get(), PG_DIAG_SQLSTATE)) == "57014";
      if (PQresultStatus(next->get()) == PGRES_COPY_IN) break;
    }
  }
  Close();
}

absl::Status PostgresConnection::Translate(const pg_result* result,
                                           std::string_view name,
                                           const base::CallLimits& limits) {
  const std::string_view state =
      View(PQresultErrorField(result, PG_DIAG_SQLSTATE));
  std::string_view object =
      View(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
  if (object.empty()) {
    object = View(PQresultErrorField(result, PG_DIAG_COLUMN_NAME));
  }
  absl::Status status = FromSqlState(state, name, object, limits);
  // The server's "administrator command" and its like end the connection.
  if (status.code() == absl::StatusCode::kUnavailable) Close();
  // A prepared statement the server forgot or cannot use any more.
  if (state == "26000" || state == "0A000") Close();
  return status;
}

absl::Status FromSqlState(std::string_view state, std::string_view query,
                          std::string_view object,
                          const base::CallLimits& limits) {
  const std::string_view group = state.substr(0, 2);
  if (state == "23505") return UniqueViolation(query);
  if (group == "23") return ConstraintViolation(query, object);
  if (state == "40001" || state == "40P01" || state == "55P03") {
    return DatabaseBusy(query);
  }
  if (state == "57014") {
    return limits.cancelled() ? Cancelled(query) : DeadlineExceeded(query);
  }
  if (state == "53100") return StorageFull(query);
  // A text the database cannot hold.
  if (state == "22021" || state == "22P05") return TextInvalid(query);
  if (state.empty()) return DatabaseUnavailable("the connection was lost");
  // 08P01 is libpq's and our own mistake: a wrong number of parameters.
  if ((group == "08" && state != "08P01") || group == "53" || group == "57" ||
      group == "58" || group == "XX" || state == "25P03" || state == "28000" ||
      state == "28P01") {
    return DatabaseUnavailable("SQLSTATE " + std::string(state));
  }
  std::string cause = "SQLSTATE " + std::string(state);
  if (!object.empty()) cause += ", " + std::string(object);
  return StatementFailed(query, cause);
}

}  // namespace welfare::platform
