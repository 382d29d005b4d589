#include "services/platform/engine/postgres_database.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <limits>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/platform/engine/guarded.h"
#include "services/platform/engine/postgres_connection.h"
#include "services/platform/engine/schema_aliases.h"
#include "services/platform/errors.h"
#include "services/platform/work/limited_wait.h"

namespace welfare::platform {
namespace {

// The types we read and write, by their fixed numbers (pg_type.dat).
constexpr Oid kBoolOid = 16;
constexpr Oid kByteaOid = 17;
constexpr Oid kNameOid = 19;
constexpr Oid kInt8Oid = 20;
constexpr Oid kInt2Oid = 21;
constexpr Oid kInt4Oid = 23;
constexpr Oid kTextOid = 25;
constexpr Oid kUnknownOid = 705;
constexpr Oid kBpcharOid = 1042;
constexpr Oid kVarcharOid = 1043;

// Statements kept prepared on each connection.
constexpr std::size_t kMaxStatements = 256;
// COPY data goes out in pieces of about this size.
constexpr std::size_t kCopyPiece = std::size_t{64} * 1024;
// The end of a transaction does not obey the caller's deadline; this is its
// own. A commit that takes longer has an unknown outcome.
constexpr std::chrono::milliseconds kCommitLimit{30000};
// Everything else at the edges of a transaction touches no disk.
constexpr std::chrono::milliseconds kEdgeLimit{5000};
// For taking back a COPY.
constexpr std::chrono::milliseconds kGiveUpLimit{2000};
constexpr std::chrono::milliseconds kOpenLimit{10000};
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{5000};

constexpr std::string_view kBeginRead =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr std::string_view kBeginWrite =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
    "SELECT pg_advisory_xact_lock(";

constexpr Query kNotify{"notify_change", "SELECT pg_notify($1, '')"};

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

template <typename T>
void AppendBigEndian(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0;
       shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

std::int64_t BigEndian(const char* data, int size) {
  // The sign is in the first byte.
  std::int64_t value = static_cast<signed char>(data[0]);
  for (int i = 1; i < size; ++i) {
    value = value * 256 + static_cast<unsigned char>(data[i]);
  }
  return value;
}

bool IsText(Oid type) {
  return type == kTextOid || type == kVarcharOid || type == kBpcharOid ||
         type == kNameOid || type == kUnknownOid;
}

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row, const Query& query)
      : result_(result), row_(row), query_(query) {}

  bool IsNull(int column) const override {
    return !Exists(column) || PQgetisnull(result_, row_, column) == 1;
  }
  std::int64_t Int64(int column) const override {
    if (!Exists(column)) return 0;
    const Oid type = PQftype(result_, column);
    if (PQgetisnull(result_, row_, column) == 1 ||
        (type != kInt8Oid && type != kInt4Oid && type != kInt2Oid &&
         type != kBoolOid)) {
      return Mismatch(column, "an integer"), 0;
    }
    return BigEndian(PQgetvalue(result_, row_, column),
                     PQgetlength(result_, row_, column));
  }
  std::string_view TextView(int column) const override {
    if (!Exists(column)) return {};
    if (PQgetisnull(result_, row_, column) == 1 ||
        !IsText(PQftype(result_, column))) {
      return Mismatch(column, "text"), std::string_view();
    }
    return Raw(column);
  }
  std::string_view BytesView(int column) const override {
    if (!Exists(column)) return {};
    if (PQgetisnull(result_, row_, column) == 1 ||
        PQftype(result_, column) != kByteaOid) {
      return Mismatch(column, "bytes"), std::string_view();
    }
    return Raw(column);
  }

  const absl::Status& status() const { return status_; }

 private:
  bool Exists(int column) const {
    if (column >= 0 && column < PQnfields(result_)) return true;
    Mismatch(column, "a column");
    return false;
  }
  void Mismatch(int column, std::string_view word) const {
    if (status_.ok()) status_ = ColumnMismatch(query_.name, column, word);
  }
  std::string_view Raw(int column) const {
    return {PQgetvalue(result_, row_, column),
            static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }

  const PGresult* result_;
  int row_;
  const Query& query_;
  mutable absl::Status status_;
};

// PostgreSQL's words for the aliases of migrations.h, in one script.
class PostgresWords final : public SchemaAliasWords {
 public:
  std::string Bytes() override { return "BYTEA"; }

  // Changes are refused row by row, as SQLite's triggers do; TRUNCATE knows no
  // rows.
  std::string AppendOnly(const std::string& table) override {
    std::string function;
    if (!std::exchange(refuses_change_, true)) {
      function =
          "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger"
          " LANGUAGE plpgsql AS $body$ BEGIN"
          " RAISE EXCEPTION USING ERRCODE = '23000',"
          " MESSAGE = TG_TABLE_NAME || ' is append-only',"
          " CONSTRAINT = TG_TABLE_NAME || ' is append-only'; END $body$; ";
    }
    return absl::StrCat(
        function, "CREATE TRIGGER ", table,
        "_refuses_change BEFORE UPDATE OR DELETE ON ", table,
        " FOR EACH ROW EXECUTE FUNCTION refuse_change(); CREATE TRIGGER ",
        table, "_refuses_truncate BEFORE TRUNCATE ON ", table,
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();");
  }

  // PostgreSQL looks up a foreign key with a query for each row, which takes
  // longer than all the rest of a COPY. One for the whole statement says the
  // same, since neither table loses a row. The query is planned each time: the
  // best way depends on how many rows came.
  std::string CheckOnce(const Reference& reference) override {
    std::string function;
    if (!std::exchange(checks_once_, true)) {
      function =
          "CREATE OR REPLACE FUNCTION check_once() RETURNS trigger"
          " LANGUAGE plpgsql AS $body$ DECLARE missing boolean; BEGIN"
          " EXECUTE format('SELECT EXISTS (SELECT FROM"
          " (SELECT DISTINCT %1$I AS key FROM added WHERE %1$I IS NOT NULL) a"
          " WHERE NOT EXISTS (SELECT FROM %2$I.%3$I p WHERE p.%4$I = a.key))',"
          " TG_ARGV[0], TG_TABLE_SCHEMA, TG_ARGV[1], TG_ARGV[2]) INTO missing;"
          " IF missing THEN RAISE EXCEPTION USING ERRCODE = '23503',"
          " MESSAGE = TG_NAME || ' is broken', CONSTRAINT = TG_NAME; END IF;"
          " RETURN NULL; END $body$; ";
    }
    const std::string name =
        absl::StrCat(reference.table, "_", reference.column, "_fkey");
    return absl::StrCat(function, "ALTER TABLE ", reference.table,
                        " DROP CONSTRAINT ", name, "; CREATE TRIGGER ", name,
                        " AFTER INSERT ON ", reference.table,
                        " REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
                        " EXECUTE FUNCTION check_once('",
                        reference.column, "', '", reference.parent, "', '",
                        reference.key, "');");
  }

 private:
  bool refuses_change_ = false;
  bool checks_once_ = false;
};

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

// The types of the parameters as one letter each; NULL takes the type of its
// place.
char TypeLetter(const Parameter& parameter) {
  constexpr std::string_view kLetters = "nitb";
  return kLetters[parameter.value().index()];
}

Oid TypeOf(const Parameter& parameter) {
  constexpr std::array<Oid, 4> kTypes = {0, kInt8Oid, kTextOid, kByteaOid};
  return kTypes[parameter.value().index()];
}

// Appends `value` as a field of COPY BINARY. False when the column cannot hold
// it.
bool AppendCopyField(std::string& out, const Parameter& parameter, Oid type) {
  const Parameter::Value& value = parameter.value();
  if (std::holds_alternative<std::nullptr_t>(value)) {
    AppendBigEndian(out, std::int32_t{-1});
    return true;
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (type == kInt8Oid) {
      AppendBigEndian(out, std::int32_t{8});
      AppendBigEndian(out, *number);
      return true;
    }
    if (type == kInt4Oid && std::in_range<std::int32_t>(*number)) {
      AppendBigEndian(out, std::int32_t{4});
      AppendBigEndian(out, static_cast<std::int32_t>(*number));
      return true;
    }
    if (type == kInt2Oid && std::in_range<std::int16_t>(*number)) {
      AppendBigEndian(out, std::int32_t{2});
      AppendBigEndian(out, static_cast<std::int16_t>(*number));
      return true;
    }
    return false;
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr ? type != kByteaOid : !IsText(type)) return false;
  const std::string& data =
      text == nullptr ? std::get<Bytes>(value).data : *text;
  if (!std::in_range<std::int32_t>(data.size())) return false;
  AppendBigEndian(out, static_cast<std::int32_t>(data.size()));
  out += data;
  return true;
}

}  // namespace

// A connection with its prepared statements. Used by one thread at a time.
class PostgresDatabase::Session final : public Transaction {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> Open(
      const PostgresTarget& target, const CallLimits& limits) {
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection =
        PostgresConnection::Connect(target, limits);
    if (!connection.ok()) return connection.status();
    return std::unique_ptr<Session>(
        new Session(target, *std::move(connection)));
  }

  // Sets what every following statement obeys.
  void Reset(const CallLimits& limits) {
    limits_ = limits;
    failure_ = absl::OkStatus();
  }

  absl::Status Begin(const CallLimits& limits, const std::string& sql) {
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

  absl::Status Commit() {
    if (broken()) return DatabaseUnavailable("the transaction was given up");
    bool committed = false;
    absl::Status status = absl::OkStatus();
    if (PQsendQuery(connection_->raw(), "COMMIT") == 0) {
      status = connection_->SendFailed();
    } else {
      status = connection_->Complete(
          "commit", CallLimits::After(kCommitLimit),
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

  void RollBack() {
    if (!connection_->in_transaction()) return;
    if (!RunEdge("ROLLBACK").ok()) connection_->Close();
  }

  // Whether the next transaction may have it.
  bool usable() const {
    return connection_->alive() && !connection_->in_transaction();
  }
  bool StillThere() { return connection_->StillThere(); }

  const absl::Status& failure() const { return failure_; }

  absl::Status ForEach(const Query& query, const Parameters& parameters,
                       const RowFunction& row) override {
    return Attempt(query.name, [&] {
      return RunPrepared(query, parameters, &row, nullptr);
    });
  }

  absl::StatusOr<std::int64_t> Execute(const Query& query,
                                       const Parameters& parameters) override {
    std::int64_t changed = 0;
    absl::Status status = Attempt(query.name, [&] {
      return RunPrepared(query, parameters, nullptr, &changed);
    });
    if (!status.ok()) return status;
    return changed;
  }

  absl::StatusOr<std::int64_t> BulkInsert(const BulkTarget& target,
                                          const RowSource& rows) override {
    std::int64_t count = 0;
    absl::Status status =
        Attempt(target.name, [&] { return Copy(target, rows, count); });
    if (!status.ok()) return status;
    return count;
  }

  absl::Status NotifyChange() override {
    return Execute(kNotify, {target_.channel()}).status();
  }

  absl::Status ExecuteScript(const Query& script) override {
    return Attempt(script.name, [&] {
      PostgresWords words;
      return connection_->Run(script.name, ExpandAliases(script.sql, words),
                              limits_);
    });
  }

  absl::Status Isolated(
      const CallLimits& limits,
      const std::function<absl::Status(Transaction&)>& change) override {
    if (!failure_.ok()) return failure_;
    if (absl::Status status = RunEdge("SAVEPOINT isolated"); !status.ok()) {
      return failure_ = status;
    }
    const CallLimits outer = std::exchange(limits_, limits);
    absl::Status status =
        Guarded("a transaction", [&] { return change(*this); });
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

  bool broken() const override { return !connection_->in_transaction(); }

 private:
  struct Prepared {
    std::string name;
    std::size_t parameters = 0;
  };

  Session(const PostgresTarget& target,
          std::unique_ptr<PostgresConnection> connection)
      : target_(target), connection_(std::move(connection)) {}

  absl::Status CheckLimits(std::string_view name) const {
    if (limits_.cancelled()) return Cancelled(name);
    if (limits_.expired()) return DeadlineExceeded(name);
    return absl::OkStatus();
  }

  // Runs a statement unless one failed before.
  template <typename F>
  absl::Status Attempt(std::string_view name, const F& statement) {
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

  // What begins and ends parts of a transaction: has its own time.
  absl::Status RunEdge(const std::string& sql) {
    return connection_->Run("transaction", sql, CallLimits::After(kEdgeLimit));
  }

  absl::StatusOr<const Prepared*> Prepare(const Query& query,
                                          std::span<const Parameter> values) {
    std::string key;
    key.reserve(values.size() + 1 + query.sql.size());
    for (const Parameter& value : values) key += TypeLetter(value);
    key += ' ';
    key += query.sql;
    const auto found = statements_.find(key);
    if (found != statements_.end()) return &found->second;
    if (statements_.size() >= kMaxStatements) {
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
    std::vector<Oid> types;
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

  absl::Status RunPrepared(const Query& query, const Parameters& parameters,
                           const RowFunction* row, std::int64_t* changed) {
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
        const auto bits = static_cast<std::uint64_t>(*number);
        for (std::size_t byte = 0; byte < 8; ++byte) {
          numbers[i][byte] =
              static_cast<char>((bits >> (56 - 8 * byte)) & 0xff);
        }
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
                            static_cast<int>(count), data.data(),
                            lengths.data(), formats.data(), 1) == 0) {
      return connection_->SendFailed();
    }
    if (row != nullptr) PQsetSingleRowMode(connection_->raw());
    return connection_->Complete(
        query.name, limits_, [&](const PGresult* result) -> absl::Status {
          if (changed != nullptr &&
              PQresultStatus(result) == PGRES_COMMAND_OK) {
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

  // The types of the columns of `target`, which COPY BINARY does not convert.
  absl::StatusOr<std::vector<Oid>> ColumnTypes(const BulkTarget& target) {
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
    std::vector<Oid> types;
    status = connection_->Complete(
        target.name, limits_, [&](const PGresult* result) {
          for (int i = 0; i < PQnfields(result); ++i) {
            types.push_back(PQftype(result, i));
          }
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    column_types_.emplace(sql, types);
    return types;
  }

  absl::Status Copy(const BulkTarget& target, const RowSource& rows,
                    std::int64_t& count) {
    absl::StatusOr<std::vector<Oid>> types = ColumnTypes(target);
    if (!types.ok()) return types.status();
    absl::Status status = connection_->Run(
        target.name,
        "COPY " + std::string(target.table) + " (" +
            std::string(target.columns) + ") FROM STDIN (FORMAT BINARY)",
        limits_);
    if (!status.ok()) return status;
    status = SendRows(target, *types, rows, count);
    const bool keep = status.ok();
    // Giving up has its own time: the caller's may be over.
    const CallLimits limits = keep ? limits_ : CallLimits::After(kGiveUpLimit);
    absl::Status ended = connection_->EndCopy(target.name, keep, limits);
    if (ended.ok()) {
      ended = connection_->Complete(target.name, limits, [](const PGresult*) {
        return absl::OkStatus();
      });
    } else {
      connection_->Close();
    }
    return keep ? ended : status;
  }

  absl::Status SendRows(const BulkTarget& target, const std::vector<Oid>& types,
                        const RowSource& rows, std::int64_t& count) {
    // Signature, flags, no header extension.
    std::string piece("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
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
      AppendBigEndian(piece, static_cast<std::int16_t>(row.size()));
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (!AppendCopyField(piece, row[i], types[i])) {
          return StatementFailed(target.name, "column " + std::to_string(i) +
                                                  " is of another type");
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
    AppendBigEndian(piece, std::int16_t{-1});
    return connection_->PutCopy(target.name, piece, limits_);
  }

  const PostgresTarget& target_;
  std::unique_ptr<PostgresConnection> connection_;
  CallLimits limits_;
  absl::Status failure_;
  bool running_ = false;
  // By the letters of the types, a blank and the text.
  std::unordered_map<std::string, Prepared> statements_;
  std::unordered_map<std::string, std::vector<Oid>> column_types_;
  std::int64_t next_statement_ = 0;
};

// A connection that listens, and its thread.
class PostgresDatabase::Watch final : public ChangeWatch {
 public:
  Watch(const PostgresTarget& target, std::function<void()> changed)
      : target_(target),
        changed_(std::move(changed)),
        thread_([this](const std::stop_token& stop) { Follow(stop); }) {}

 private:
  void Follow(const std::stop_token& stop) {
    std::chrono::milliseconds pause = kFirstPause;
    while (!stop.stop_requested()) {
      if (Listen(stop)) pause = kFirstPause;
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any sleep;
      sleep.wait_for(lock, stop, pause, [] { return false; });
      pause = std::min(2 * pause, kLongestPause);
    }
  }

  // Follows one connection to its end. Returns whether it ever listened.
  bool Listen(const std::stop_token& stop) {
    const CallLimits limits{.deadline = CallLimits::TimePoint::max(),
                            .stop = stop};
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection =
        PostgresConnection::Connect(target_, limits);
    if (!connection.ok()) return false;
    CallLimits soon = CallLimits::After(kOpenLimit);
    soon.stop = stop;
    if (!(*connection)
             ->Run("listen", "LISTEN \"" + target_.channel() + "\"", soon)
             .ok()) {
      return false;
    }
    do {
      changed_();
    } while ((*connection)->WaitForNotification(limits).ok());
    return true;
  }

  const PostgresTarget& target_;
  std::function<void()> changed_;
  std::jthread thread_;  // last: it uses the others
};

struct PostgresDatabase::State {
  PostgresTarget target;
  int connections = 1;
  std::string begin_write;

  std::mutex mutex;
  std::condition_variable released;
  std::vector<std::unique_ptr<Session>> idle;
  int in_use = 0;
  int reading = 0;
  bool writing = false;
  int open = 0;

  // A place in the pool, without a connection yet. One is kept for writes, so
  // that readers cannot shut them out.
  absl::Status TakePlace(const CallLimits& limits, bool write) {
    std::unique_lock lock(mutex);
    absl::Status status =
        WaitWithin(lock, released, limits, "waiting for the database", [&] {
          if (in_use >= connections) return false;
          return write ? !writing : reading < std::max(1, connections - 1);
        });
    if (!status.ok()) return status;
    ++in_use;
    if (write) {
      writing = true;
    } else {
      ++reading;
    }
    return status;
  }

  void LeavePlace(std::unique_ptr<Session> session, bool write) {
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

  std::unique_ptr<Session> TakeIdle() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return nullptr;
    std::unique_ptr<Session> session = std::move(idle.back());
    idle.pop_back();
    return session;
  }

  void PutBack(std::unique_ptr<Session> session) {
    if (!session->usable()) return Discard(std::move(session));
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(session));
  }

  void Discard(std::unique_ptr<Session> session) {
    session.reset();
    const std::lock_guard lock(mutex);
    --open;
  }

  absl::StatusOr<std::unique_ptr<Session>> Connect(const CallLimits& limits) {
    absl::StatusOr<std::unique_ptr<Session>> session =
        Session::Open(target, limits);
    if (session.ok()) {
      const std::lock_guard lock(mutex);
      ++open;
    }
    return session;
  }

  // A session in a transaction. One from the pool may have been lost without
  // our notice; that is no reason to fail.
  absl::StatusOr<std::unique_ptr<Session>> Begin(const CallLimits& limits,
                                                 const std::string& begin) {
    while (std::unique_ptr<Session> session = TakeIdle()) {
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
    absl::StatusOr<std::unique_ptr<Session>> session = Connect(limits);
    if (!session.ok()) return session;
    absl::Status status = (*session)->Begin(limits, begin);
    if (status.ok()) return session;
    PutBack(*std::move(session));
    return status;
  }

  // What can be known to be wrong before the first statement is.
  absl::Status Prepare(Session& session) {
    session.Reset(CallLimits::After(kOpenLimit));
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
      session.Reset(CallLimits::After(kOpenLimit));
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
  state->begin_write = std::string(kBeginWrite) +
                       std::to_string(LockNumber(options.schema)) + ")";
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<Session> session,
                           state->Connect(CallLimits::After(kOpenLimit)));
  WELFARE_RETURN_IF_ERROR(state->Prepare(*session));
  state->idle.push_back(std::move(session));
  return std::unique_ptr<PostgresDatabase>(
      new PostgresDatabase(std::move(state)));
}

absl::Status PostgresDatabase::RunRead(const CallLimits& limits,
                                       const ReadFunction& read) {
  static const std::string begin(kBeginRead);
  if (absl::Status status = state_->TakePlace(limits, false); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::unique_ptr<Session>> session =
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

absl::Status PostgresDatabase::RunWrite(const CallLimits& limits,
                                        const WriteFunction& write) {
  if (absl::Status status = state_->TakePlace(limits, true); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::unique_ptr<Session>> session =
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
  return std::make_unique<Watch>(state_->target, std::move(changed));
}

PoolState PostgresDatabase::pool() const {
  const std::lock_guard lock(state_->mutex);
  return {.open = state_->open, .max = state_->connections};
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

}  // namespace welfare::platform
