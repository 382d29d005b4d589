// The Merkle tree over the audit log of a store, so that heads and proofs cost
// no reading of the log.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "services/base/audit/audited_log.h"
#include "services/base/time/call_limits.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// Any thread may call it; one looks at a time.
//
// The tree is in memory, 64 bytes a record, and read from the log by whoever
// looks first; later looks read what was appended since. A look that runs out
// of time leaves what it has read to the next.
class AuditTree {
 public:
  // `database` outlives the tree.
  explicit AuditTree(Database& database) : database_(database) {}

  // Brings the tree up to date and returns what `look` returns of it.
  //
  // Errors:
  //   DATA_LOSS, reason AUDIT_LOG_DAMAGED: a record is missing, was changed or
  //     stands out of its order, or the last one that was known is no longer
  //     what it was; the metadata names its sequence.
  //   DEADLINE_EXCEEDED, CANCELLED: the limits ended the reading, or the wait
  //     for another's.
  //   Those of Database::Read, and of `look`.
  absl::Status Look(
      const base::CallLimits& limits,
      const std::function<absl::Status(const base::MerkleTree&)>& look);

 private:
  absl::Status CatchUp(const base::CallLimits& limits);

  Database& database_;
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;    // guarded by mutex_
  base::AuditedLog log_;  // of whoever has taken it
};

}  // namespace welfare::platform
