#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/call_limits.h"
#include "services/platform/engine/postgres_binary.h"
#include "services/platform/engine/postgres_connection.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// A connection with its prepared statements. Used by one thread at a time.
class PostgresSession final : public Transaction {
 public:
  static absl::StatusOr<std::unique_ptr<PostgresSession>> Open(
      const PostgresTarget& target, const base::CallLimits& limits);

  // Sets what every following statement obeys.
  void Reset(const base::CallLimits& limits);

  absl::Status Begin(const base::CallLimits& limits, const std::string& sql);

  absl::Status Commit();

  void RollBack();

  // Whether the next transaction may have it.
  bool usable() const;
  bool StillThere() { return connection_->StillThere(); }

  const absl::Status& failure() const { return failure_; }

  absl::Status ForEach(const Query& query, const Parameters& parameters,
                       const RowFunction& row) override;

  absl::StatusOr<std::int64_t> Execute(const Query& query,
                                       const Parameters& parameters) override;

  absl::StatusOr<std::int64_t> BulkInsert(const BulkTarget& target,
                                          const RowSource& rows) override;

  absl::Status NotifyChange() override;

  absl::Status ExecuteScript(const Query& script) override;

  absl::Status Isolated(
      const base::CallLimits& limits,
      const std::function<absl::Status(Transaction&)>& change) override;

  bool broken() const override { return !connection_->in_transaction(); }

 private:
  struct Prepared {
    std::string name;
    std::size_t parameters = 0;
  };

  PostgresSession(const PostgresTarget& target,
                  std::unique_ptr<PostgresConnection> connection)
      : target_(target), connection_(std::move(connection)) {}

  absl::Status CheckLimits(std::string_view name) const;

  // Runs a statement unless one failed before.
  template <typename F>
  absl::Status Attempt(std::string_view name, const F& statement);

  // What begins and ends parts of a transaction: has its own time.
  absl::Status RunEdge(const std::string& sql);

  absl::StatusOr<const Prepared*> Prepare(const Query& query,
                                          std::span<const Parameter> values);

  absl::Status RunPrepared(const Query& query, const Parameters& parameters,
                           const RowFunction* row, std::int64_t* changed);

  // The types of the columns of `target`, which COPY BINARY does not convert.
  absl::StatusOr<std::vector<PostgresType>> ColumnTypes(
      const BulkTarget& target);

  absl::Status Copy(const BulkTarget& target, const RowSource& rows,
                    std::int64_t& count);

  absl::Status SendRows(const BulkTarget& target,
                        const std::vector<PostgresType>& types,
                        const RowSource& rows, std::int64_t& count);

  const PostgresTarget& target_;
  std::unique_ptr<PostgresConnection> connection_;
  base::CallLimits limits_;
  absl::Status failure_;
  bool running_ = false;
  // By the letters of the types, a blank and the text.
  std::unordered_map<std::string, Prepared> statements_;
  std::unordered_map<std::string, std::vector<PostgresType>> column_types_;
  std::int64_t next_statement_ = 0;
};

}  // namespace welfare::platform
