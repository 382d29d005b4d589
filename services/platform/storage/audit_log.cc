#include "services/platform/storage/audit_log.h"

#include <algorithm>
#include <cstddef>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/errors.h"

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
constexpr Query kList{
    "list_audit",
    "SELECT sequence, recorded_micros, actor, action, resource, request_id,"
    " detail, leaf_hash FROM audit_log WHERE sequence >= $1"
    " ORDER BY sequence LIMIT $2"};
// Records read at a time when the whole log is verified.
constexpr std::int64_t kVerifyPage = 1000;

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

std::string NodeHash(std::string_view left, std::string_view right) {
  base::Sha256 stream;
  stream.Update(std::string_view("\x01", 1));
  stream.Update(left);
  stream.Update(right);
  return stream.Finish();
}

// Builds the tree hash while leaves come in order: one hash per complete
// subtree, largest first, as in a binary counter.
class RootBuilder {
 public:
  void Add(std::string leaf) {
    subtrees_.push_back(std::move(leaf));
    for (std::uint64_t n = ++size_; n % 2 == 0; n /= 2) {
      std::string right = std::move(subtrees_.back());
      subtrees_.pop_back();
      subtrees_.back() = NodeHash(subtrees_.back(), right);
    }
  }
  std::string Root() const {
    if (subtrees_.empty()) return base::Sha256Bytes("");
    std::string root = subtrees_.back();
    for (std::size_t i = subtrees_.size() - 1; i-- > 0;) {
      root = NodeHash(subtrees_[i], root);
    }
    return root;
  }

 private:
  std::uint64_t size_ = 0;
  std::vector<std::string> subtrees_;
};

}  // namespace

absl::StatusOr<std::int64_t> AppendAudit(Transaction& transaction,
                                         const AuditEntry& entry) {
  WELFARE_ASSIGN_OR_RETURN(
      const std::int64_t sequence,
      transaction.Get(kNextSequence, {},
                      [](const Row& row) { return row.Int64(0); }));
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(
              kInsert,
              {sequence, entry.recorded_time.micros(), entry.actor,
               entry.action, entry.resource, entry.request_id, entry.detail,
               Bytes{MerkleLeafHash(CanonicalAuditBytes(sequence, entry))}})
          .status());
  return sequence;
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

std::string CanonicalAuditBytes(std::int64_t sequence,
                                const AuditEntry& entry) {
  std::string out;
  AppendBigEndian(out, static_cast<std::uint64_t>(sequence), 8);
  AppendBigEndian(out, static_cast<std::uint64_t>(entry.recorded_time.micros()),
                  8);
  for (const std::string* text : {&entry.actor, &entry.action, &entry.resource,
                                  &entry.request_id, &entry.detail}) {
    AppendBigEndian(out, text->size(), 4);
    out += *text;
  }
  return out;
}

std::string MerkleLeafHash(std::string_view data) {
  base::Sha256 stream;
  stream.Update(std::string_view("\0", 1));
  stream.Update(data);
  return stream.Finish();
}

std::string MerkleRoot(const std::vector<std::string>& leaves) {
  RootBuilder builder;
  for (const std::string& leaf : leaves) builder.Add(leaf);
  return builder.Root();
}

absl::StatusOr<AuditRoot> VerifyAudit(Connection& connection) {
  RootBuilder builder;
  AuditRoot result;
  while (true) {
    WELFARE_ASSIGN_OR_RETURN(const std::vector<AuditRecord> page,
                             ListAudit(connection, result.size, kVerifyPage));
    if (page.empty()) break;
    for (const AuditRecord& record : page) {
      if (record.sequence != result.size ||
          record.leaf_hash != MerkleLeafHash(CanonicalAuditBytes(
                                  record.sequence, record.entry))) {
        return AuditLogDamaged(result.size);
      }
      builder.Add(record.leaf_hash);
      ++result.size;
    }
  }
  result.root = builder.Root();
  return result;
}

}  // namespace welfare::platform
