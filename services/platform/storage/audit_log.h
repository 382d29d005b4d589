#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/audit/audit_record.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

using base::AuditEntry;
using base::AuditRecord;

// Part of every service's migration 1: the append-only table `audit_log`.
// Stored in databases and checksummed; do not change.
extern const std::string_view kAuditLogSql;

// Appends `entry` in the transaction of the change it speaks of. Returns its
// sequence number.
absl::StatusOr<std::int64_t> AppendAudit(Transaction& transaction,
                                         const AuditEntry& entry);

// The same for all of `entries`, in their order, at once.
absl::Status AppendAudits(Transaction& transaction,
                          std::span<const AuditEntry> entries);

// Returns up to `limit` records from sequence `first` on, in order.
absl::StatusOr<std::vector<AuditRecord>> ListAudit(Connection& connection,
                                                   std::int64_t first,
                                                   std::int64_t limit);

}  // namespace welfare::platform
