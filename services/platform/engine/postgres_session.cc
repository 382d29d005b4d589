#include "services/platform/engine/postgres_session.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "services/base/error.h"
#include "services/platform/engine/guarded.h"
#include "services/platform/engine/postgres_words.h"
#include "services/platform/engine/schema_aliases.h"
#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

// Statements kept prepared on each connection.
constexpr std::size_t kPostgresStatements = 256;
// COPY data goes out in pieces of about this size.
constexpr std::size_t kCopyPiece = std::size_t{64} * 1024;
// The end of a transaction does not obey the caller's deadline; this is its
// own. A commit that takes longer has an unknown outcome.
constexpr std::chrono::milliseconds kCommitLimit{30000};
// Everything else at the edges of a transaction touches no disk.
constexpr std::chrono::milliseconds kEdgeLimit{5000};
// For taking back a COPY.
constexpr std::chrono::milliseconds kGiveUpLimit{2000};

constexpr Query kNotify{"notify_change", "SELECT pg_notify($1, '')"};

// The highest n of the $n in `sql`, outside quotes.
std::size_t CountParameters(std::string_view sql) {
  std::size_t highest = 0;
  char quote = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (quote != 0) {
      if (sql[i] == quote) quote = 0;
    } else if (sql[i] == '\'' || sql[i] == '"') {
      quote = sql[i];
    } else if (sql[i] == '$') {
      std::size_t number = 0;
      std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), number);
      highest = std::max(highest, number);
    }
  }
  return highest;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresSession>> PostgresSession::Open(
    const PostgresTarget& target, const base::CallLimits& limits) {
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection =
      PostgresConnection::Connect(target, limits);
  if (!connection.ok()) return connection.status();
  return std::unique_ptr<PostgresSession>(
      new PostgresSession(target, *std::move(connection)));
}

void PostgresSession::Reset(const base::CallLimits& limits) {
  limits_ = limits;
  failure_ = absl::OkStatus();
}

absl::Status PostgresSession::Begin(const base::CallLimits& limits,
                                    const std::string& sql) {
  Reset(limits);
  absl::Status status = CheckLimits("begin");
  if (!status.ok()) return status;
  status = connection_->Run("begin", sql, limits);
  if (status.ok()) return status;
  RollBack();
  // A standby takes no writes; nothing else can be wrong with these words.
  if (status.code() == absl::StatusCode::kInternal) {
    connection_->Close();
    return DatabaseUnavailable("the server takes no writes");
  }
  return status;
}

absl::Status PostgresSession::Commit() {
  if (broken()) return DatabaseUnavailable("the transaction was given up");
  bool committed = false;
  absl::Status status = absl::OkStatus();
  if (PQsendQuery(connection_->raw(), "COMMIT") == 0) {
    status = connection_->SendFailed();
  } else {
    status = connection_->Complete(
        "commit", base::CallLimits::After(kCommitLimit),
        [&](const PGresult* result) {
          // An aborted transaction answers ROLLBACK, without an error.
          committed =
              std::string_view(PQcmdStatus(const_cast<PGresult*>(result))) ==
              "COMMIT";
          return absl::OkStatus();
        });
  }
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    connection_->Close();
    return DatabaseUnavailable("the commit was not confirmed in time");
  }
  if (status.ok() && !committed) {
    return StatementFailed("commit", "the transaction was aborted");
  }
  return status;
}

void PostgresSession::RollBack() {
  if (!connection_->in_transaction()) return;
  if (!RunEdge("ROLLBACK").ok()) connection_->Close();
}

bool PostgresSession::usable() const {
  return connection_->alive() && !connection_->in_transaction();
}

absl::Status PostgresSession::ForEach(const Query& query,
                                      const Parameters& parameters,
                                      const RowFunction& row) {
  return Attempt(query.name,
                 [&] { return RunPrepared(query, parameters, &row, nullptr); });
}

absl::StatusOr<std::int64_t> PostgresSession::Execute(
    const Query& query, const Parameters& parameters) {
  std::int64_t changed = 0;
  absl::Status status = Attempt(query.name, [&] {
    return RunPrepared(query, parameters, nullptr, &changed);
  });
  if (!status.ok()) return status;
  return changed;
}

absl::StatusOr<std::int64_t> PostgresSession::BulkInsert(
    const BulkTarget& target, const RowSource& rows) {
  std::int64_t count = 0;
  absl::Status status =
      Attempt(target.name, [&] { return Copy(target, rows, count); });
  if (!status.ok()) return status;
  return count;
}

absl::Status PostgresSession::NotifyChange() {
  return Execute(kNotify, {target_.channel()}).status();
}

absl::Status PostgresSession::ExecuteScript(const Query& script) {
  return Attempt(script.name, [&] {
    PostgresWords words;
    return connection_->Run(script.name, ExpandAliases(script.sql, words),
                            limits_);
  });
}

absl::Status PostgresSession::Isolated(
    const base::CallLimits& limits,
    const std::function<absl::Status(Transaction&)>& change) {
  if (!failure_.ok()) return failure_;
  if (absl::Status status = RunEdge("SAVEPOINT isolated"); !status.ok()) {
    return failure_ = status;
  }
  const base::CallLimits outer = std::exchange(limits_, limits);
  absl::Status status = Guarded("a transaction", [&] { return change(*this); });
  limits_ = outer;
  if (status.ok()) status = failure_;
  if (broken()) {
    return status.ok() ? DatabaseUnavailable("the transaction was given up")
                       : status;
  }
  const absl::Status ended =
      RunEdge(status.ok() ? "RELEASE isolated"
                          : "ROLLBACK TO isolated; RELEASE isolated");
  if (!ended.ok()) return failure_ = ended;
  failure_ = absl::OkStatus();
  return status;
}

absl::Status PostgresSession::CheckLimits(std::string_view name) const {
  if (limits_.cancelled()) return Cancelled(name);
  if (limits_.expired()) return DeadlineExceeded(name);
  return absl::OkStatus();
}

template <typename F>
absl::Status PostgresSession::Attempt(std::string_view name,
                                      const F& statement) {
  if (!failure_.ok()) return failure_;
  if (running_) {
    return StatementFailed(name, "a row function runs no statements");
  }
  failure_ = CheckLimits(name);
  if (!failure_.ok()) return failure_;
  running_ = true;
  absl::Status status = statement();
  running_ = false;
  return failure_ = std::move(status);
}

absl::Status PostgresSession::RunEdge(const std::string& sql) {
  return connection_->Run("transaction", sql,
                          base::CallLimits::After(kEdgeLimit));
}

absl::StatusOr<const PostgresSession::Prepared*> PostgresSession::Prepare(
    const Query& query, std::span<const Parameter> values) {
  std::string key;
  key.reserve(values.size() + 1 + query.sql.size());
  for (const Parameter& value : values) key += TypeLetter(value);
  key += ' ';
  key += query.sql;
  const auto found = statements_.find(key);
  if (found != statements_.end()) return &found->second;
  if (statements_.size() >= kPostgresStatements) {
    statements_.clear();
    absl::Status status =
        connection_->Run(query.name, "DEALLOCATE ALL", limits_);
    if (!status.ok()) return status;
  }
  Prepared prepared{.name = "s" + std::to_string(next_statement_++),
                    .parameters = CountParameters(query.sql)};
  if (prepared.parameters != values.size()) {
    return StatementFailed(query.name, "wrong number of parameters");
  }
  std::vector<PostgresType> types;
  for (const Parameter& value : values) types.push_back(TypeOf(value));
  const std::string sql(query.sql);
  if (PQsendPrepare(connection_->raw(), prepared.name.c_str(), sql.c_str(),
                    static_cast<int>(types.size()), types.data()) == 0) {
    return connection_->SendFailed();
  }
  absl::Status status = connection_->Complete(
      query.name, limits_, [](const PGresult*) { return absl::OkStatus(); });
  if (!status.ok()) return status;
  return &statements_.emplace(std::move(key), std::move(prepared))
              .first->second;
}

absl::Status PostgresSession::RunPrepared(const Query& query,
                                          const Parameters& parameters,
                                          const RowFunction* row,
                                          std::int64_t* changed) {
  const std::span<const Parameter> values = parameters.values();
  if (absl::Status status = CheckTexts(query.name, values); !status.ok()) {
    return status;
  }
  absl::StatusOr<const Prepared*> prepared = Prepare(query, values);
  if (!prepared.ok()) return prepared.status();
  const std::size_t count = values.size();
  std::vector<const char*> data(count);
  std::vector<int> lengths(count);
  const std::vector<int> formats(count, 1);
  std::vector<std::array<char, 8>> numbers(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Parameter::Value& value = values[i].value();
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      numbers[i] = BinaryNumber(*number);
      data[i] = numbers[i].data();
      lengths[i] = 8;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      data[i] = text->c_str();
      lengths[i] = static_cast<int>(text->size());
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
      data[i] = bytes->data.c_str();
      lengths[i] = static_cast<int>(bytes->data.size());
    }
  }
  if (PQsendQueryPrepared(connection_->raw(), (*prepared)->name.c_str(),
                          static_cast<int>(count), data.data(), lengths.data(),
                          formats.data(), 1) == 0) {
    return connection_->SendFailed();
  }
  if (row != nullptr) PQsetSingleRowMode(connection_->raw());
  return connection_->Complete(
      query.name, limits_, [&](const PGresult* result) -> absl::Status {
        if (changed != nullptr && PQresultStatus(result) == PGRES_COMMAND_OK) {
          const std::string_view tuples =
              PQcmdTuples(const_cast<PGresult*>(result));
          std::from_chars(tuples.data(), tuples.data() + tuples.size(),
                          *changed);
        }
        if (row == nullptr) return absl::OkStatus();
        for (int i = 0; i < PQntuples(result); ++i) {
          const PostgresRow current(result, i, query);
          absl::Status status =
              Guarded(query.name, [&] { return (*row)(current); });
          if (!current.status().ok()) return current.status();
          if (!status.ok()) return status;
        }
        return absl::OkStatus();
      });
}

absl::StatusOr<std::vector<PostgresType>> PostgresSession::ColumnTypes(
    const BulkTarget& target) {
  const std::string sql = "SELECT " + std::string(target.columns) + " FROM " +
                          std::string(target.table);
  const auto known = column_types_.find(sql);
  if (known != column_types_.end()) return known->second;
  const auto nothing = [](const PGresult*) { return absl::OkStatus(); };
  if (PQsendPrepare(connection_->raw(), "", sql.c_str(), 0, nullptr) == 0) {
    return connection_->SendFailed();
  }
  absl::Status status = connection_->Complete(target.name, limits_, nothing);
  if (!status.ok()) return status;
  if (PQsendDescribePrepared(connection_->raw(), "") == 0) {
    return connection_->SendFailed();
  }
  std::vector<PostgresType> types;
  status =
      connection_->Complete(target.name, limits_, [&](const PGresult* result) {
        for (int i = 0; i < PQnfields(result); ++i) {
          types.push_back(PQftype(result, i));
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  column_types_.emplace(sql, types);
  return types;
}

absl::Status PostgresSession::Copy(const BulkTarget& target,
                                   const RowSource& rows, std::int64_t& count) {
  absl::StatusOr<std::vector<PostgresType>> types = ColumnTypes(target);
  if (!types.ok()) return types.status();
  absl::Status status = connection_->Run(
      target.name,
      "COPY " + std::string(target.table) + " (" + std::string(target.columns) +
          ") FROM STDIN (FORMAT BINARY)",
      limits_);
  if (!status.ok()) return status;
  status = SendRows(target, *types, rows, count);
  const bool keep = status.ok();
  // Giving up has its own time: the caller's may be over.
  const base::CallLimits limits =
      keep ? limits_ : base::CallLimits::After(kGiveUpLimit);
  absl::Status ended = connection_->EndCopy(target.name, keep, limits);
  if (ended.ok()) {
    ended = connection_->Complete(
        target.name, limits, [](const PGresult*) { return absl::OkStatus(); });
  } else {
    connection_->Close();
  }
  return keep ? ended : status;
}

absl::Status PostgresSession::SendRows(const BulkTarget& target,
                                       const std::vector<PostgresType>& types,
                                       const RowSource& rows,
                                       std::int64_t& count) {
  std::string piece(CopyHeader());
  std::vector<Parameter> row;
  while (true) {
    const absl::StatusOr<bool> more =
        Guarded(target.name, [&] { return rows(row); });
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (row.size() != types.size()) {
      return StatementFailed(target.name, "wrong number of parameters");
    }
    absl::Status status = CheckTexts(target.name, row);
    if (!status.ok()) return status;
    AppendCopyRow(piece, row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!AppendCopyField(piece, row[i], types[i])) {
        return StatementFailed(
            target.name, "column " + std::to_string(i) + " is of another type");
      }
    }
    ++count;
    if (piece.size() < kCopyPiece) continue;
    status = CheckLimits(target.name);
    if (status.ok()) {
      status = connection_->PutCopy(target.name, piece, limits_);
    }
    if (!status.ok()) return status;
    piece.clear();
  }
  AppendCopyEnd(piece);
  return connection_->PutCopy(target.name, piece, limits_);
}

}  // namespace welfare::platform
