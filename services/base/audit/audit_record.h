// One record of an audit log, and what is hashed of it.
#pragma once

#include <cstdint>
#include <string>

#include "services/base/time/clock.h"

namespace welfare::base {

// Who did what to which resource. Never personal data: names of resources,
// codes, counts and digests only.
struct AuditEntry {
  Timestamp recorded_time;
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

// The bytes that are hashed: sequence and time as 8 bytes, then each text with
// its length as 4 bytes, big endian. Stored as hashes; do not change.
std::string CanonicalAuditBytes(std::int64_t sequence, const AuditEntry& entry);

// The leaf of the tree: MerkleLeafHash of these bytes.
std::string AuditLeafHash(std::int64_t sequence, const AuditEntry& entry);

}  // namespace welfare::base
