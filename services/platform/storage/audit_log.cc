#include "services/platform/storage/audit_log.h"

#include <cstddef>

#include "services/base/error.h"

namespace welfare::platform {

const std::string_view kAuditLogSql = R"sql(
CREATE TABLE audit_log (
  sequence BIGINT NOT NULL PRIMARY KEY,
  recorded_micros BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  resource TEXT NOT NULL,
  request_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  leaf_hash {bytes} NOT NULL
);
{append_only audit_log}
)sql";

namespace {

constexpr Query kNextSequence{
    "next_audit_sequence",
    "SELECT COALESCE(MAX(sequence), -1) + 1 FROM audit_log"};
constexpr Query kInsert{
    "append_audit",
    "INSERT INTO audit_log (sequence, recorded_micros, actor, action, resource,"
    " request_id, detail, leaf_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr BulkTarget kAppendAll{
    "append_audits", "audit_log",
    "sequence, recorded_micros, actor, action, resource, request_id, detail,"
    " leaf_hash"};
constexpr Query kList{
    "list_audit",
    "SELECT sequence, recorded_micros, actor, action, resource, request_id,"
    " detail, leaf_hash FROM audit_log WHERE sequence >= $1"
    " ORDER BY sequence LIMIT $2"};

absl::StatusOr<std::int64_t> NextSequence(Transaction& transaction) {
  return transaction.Get(kNextSequence, {},
                         [](const Row& row) { return row.Int64(0); });
}

}  // namespace

absl::StatusOr<std::int64_t> AppendAudit(Transaction& transaction,
                                         const AuditEntry& entry) {
  WELFARE_ASSIGN_OR_RETURN(const std::int64_t sequence,
                           NextSequence(transaction));
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kInsert,
                   {sequence, entry.recorded_time.micros(), entry.actor,
                    entry.action, entry.resource, entry.request_id,
                    entry.detail, Bytes{base::AuditLeafHash(sequence, entry)}})
          .status());
  return sequence;
}

absl::Status AppendAudits(Transaction& transaction,
                          std::span<const AuditEntry> entries) {
  WELFARE_ASSIGN_OR_RETURN(std::int64_t sequence, NextSequence(transaction));
  std::size_t next = 0;
  return transaction
      .BulkInsert(
          kAppendAll,
          [&](std::vector<Parameter>& row) -> absl::StatusOr<bool> {
            if (next == entries.size()) return false;
            const AuditEntry& entry = entries[next++];
            row = {sequence,       entry.recorded_time.micros(),
                   entry.actor,    entry.action,
                   entry.resource, entry.request_id,
                   entry.detail,   Bytes{base::AuditLeafHash(sequence, entry)}};
            ++sequence;
            return true;
          })
      .status();
}

absl::StatusOr<std::vector<AuditRecord>> ListAudit(Connection& connection,
                                                   std::int64_t first,
                                                   std::int64_t limit) {
  return connection.List(kList, {first, limit}, [](const Row& row) {
    return AuditRecord{
        .sequence = row.Int64(0),
        .entry = {.recorded_time = base::Timestamp::FromMicros(row.Int64(1)),
                  .actor = row.Text(2),
                  .action = row.Text(3),
                  .resource = row.Text(4),
                  .request_id = row.Text(5),
                  .detail = row.Text(6)},
        .leaf_hash = row.BytesOf(7)};
  });
}

}  // namespace welfare::platform
