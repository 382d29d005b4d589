#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// One entry: who did what to which resource. Never personal data: names of
// resources, codes, counts and digests only.
struct AuditEntry {
  base::Timestamp recorded_time;
  std::string actor;     // subject of the identity
  std::string action;    // the method: "CreateSubmission"
  std::string resource;  // resource name
  std::string request_id;
  std::string detail;  // JSON or a digest; the service's own choice

  bool operator==(const AuditEntry&) const = default;
};

struct AuditRecord {
  std::int64_t sequence = 0;  // 0, 1, 2, ... without gaps
  AuditEntry entry;
  std::string leaf_hash;  // 32 bytes
};

// Part of every service's migration 1: the append-only table `audit_log`.
// Stored in databases and checksummed; do not change.
extern const std::string_view kAuditLogSql;

// Appends `entry` in the transaction of the change it speaks of. Returns its
// sequence number.
absl::StatusOr<std::int64_t> AppendAudit(Transaction& transaction,
                                         const AuditEntry& entry);

// Returns up to `limit` records from sequence `first` on, in order.
absl::StatusOr<std::vector<AuditRecord>> ListAudit(Connection& connection,
                                                   std::int64_t first,
                                                   std::int64_t limit);

// The bytes that are hashed: sequence and time as 8 bytes, then each text with
// its length as 4 bytes, big endian. Stored as hashes; do not change.
std::string CanonicalAuditBytes(std::int64_t sequence, const AuditEntry& entry);

// RFC 6962 section 2.1: SHA-256(0x00 || data) and SHA-256(0x01 || left ||
// right), 32 bytes each.
std::string MerkleLeafHash(std::string_view data);
// The Merkle tree hash of `leaves` (leaf hashes); SHA-256 of nothing when
// empty.
std::string MerkleRoot(const std::vector<std::string>& leaves);

struct AuditRoot {
  std::int64_t size = 0;
  std::string root;  // 32 bytes
};

// Reads the whole log, recomputes every leaf hash and returns the root.
//
// Errors: DATA_LOSS, reason AUDIT_LOG_DAMAGED: a record is missing or was
// changed; the metadata names its sequence.
absl::StatusOr<AuditRoot> VerifyAudit(Connection& connection);

}  // namespace welfare::platform
