#include "services/base/audit/audited_log.h"

namespace welfare::base {

std::optional<AuditFault> AuditedLog::Add(const AuditRecord& record) {
  const std::int64_t next = tree_.size();
  if (record.sequence > next) {
    return AuditFault{next, AuditFault::Kind::kMissing};
  }
  if (record.sequence < next) {
    return AuditFault{next, AuditFault::Kind::kOutOfOrder};
  }
  if (record.leaf_hash != AuditLeafHash(next, record.entry)) {
    return AuditFault{next, AuditFault::Kind::kChanged};
  }
  tree_.Append(record.leaf_hash);
  return std::nullopt;
}

}  // namespace welfare::base
