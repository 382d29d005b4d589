#include "services/platform/audit/audit_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/work/limited_wait.h"

namespace welfare::platform {
namespace {

// Records read at a time: no read lasts long, whatever the length of the log.
constexpr std::int64_t kTreePage = 1000;

}  // namespace

absl::Status AuditTree::Look(
    const base::CallLimits& limits,
    const std::function<absl::Status(const base::MerkleTree&)>& look) {
  std::unique_lock lock(mutex_);
  WELFARE_RETURN_IF_ERROR(WaitWithin(lock, free_, limits, "the audit log",
                                     [this] { return !taken_; }));
  taken_ = true;
  lock.unlock();
  // Not the lock itself: who waits behind a long log obeys its own limits.
  struct Return {
    AuditTree& tree;
    ~Return() {
      {
        const std::lock_guard guard(tree.mutex_);
        tree.taken_ = false;
      }
      tree.free_.notify_one();
    }
  } const give_back{*this};
  WELFARE_RETURN_IF_ERROR(CatchUp(limits));
  return look(log_.tree());
}

absl::Status AuditTree::CatchUp(const base::CallLimits& limits) {
  while (true) {
    const std::int64_t known = log_.size();
    // The last record that is known is read once more: a log that was cut
    // behind our back, and perhaps goes on otherwise, is found at once.
    const std::int64_t first = std::max<std::int64_t>(known - 1, 0);
    WELFARE_ASSIGN_OR_RETURN(
        const std::vector<AuditRecord> page,
        database_.Read(limits, [&](Connection& connection) {
          return ListAudit(connection, first, kTreePage);
        }));
    std::size_t next = 0;
    if (known > 0) {
      if (page.empty() || page[0].sequence != first ||
          page[0].leaf_hash != log_.tree().Leaf(first) ||
          page[0].leaf_hash != base::AuditLeafHash(first, page[0].entry)) {
        return AuditLogDamaged(first);
      }
      next = 1;
    }
    for (; next < page.size(); ++next) {
      const std::optional<base::AuditFault> fault = log_.Add(page[next]);
      if (fault.has_value()) return AuditLogDamaged(fault->sequence);
    }
    if (static_cast<std::int64_t>(page.size()) < kTreePage) {
      return absl::OkStatus();
    }
  }
}

}  // namespace welfare::platform
