#include "services/registry/store/live_history.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/registry/errors.h"

namespace welfare::registry {
LiveHistory::LiveHistory(RegistryStore& store, std::string incarnation,
                         std::function<void(std::int64_t version)> risen)
    : store_(store),
      risen_(std::move(risen)),
      head_(std::make_shared<const History>(std::move(incarnation))) {}

HistoryPtr LiveHistory::Head() const {
  // A plain lock: std::atomic<shared_ptr> of this library has one inside too,
  // and the thread sanitizer cannot see through it.
  const std::lock_guard lock(mutex_);
  return head_;
}

absl::Status LiveHistory::CatchUp(const base::CallLimits& limits) {
  const std::lock_guard one_at_a_time(catch_up_);
  const HistoryPtr head = Head();
  WELFARE_ASSIGN_OR_RETURN(const std::vector<CommitPtr> commits,
                           store_.LoadCommits(head->version(), limits));
  if (commits.empty()) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(HistoryPtr next, head->With(commits));
  const std::int64_t version = next->version();
  {
    const std::lock_guard lock(mutex_);
    head_ = std::move(next);
  }
  if (risen_) risen_(version);
  return absl::OkStatus();
}

bool LiveHistory::IsSettledLocked(base::Timestamp moment) const {
  // Later versions have later times, so a moment before the head's is past.
  return moment < head_->recorded_time() || moment <= sealed_;
}

bool LiveHistory::IsSettled(base::Timestamp moment) const {
  const std::lock_guard lock(mutex_);
  return IsSettledLocked(moment);
}

absl::StatusOr<HistoryPtr> LiveHistory::Settle(base::Timestamp moment,
                                               const base::CallLimits& limits) {
  if (!IsSettled(moment)) {
    if (absl::Status sealed = store_.Seal(moment, limits); !sealed.ok()) {
      return absl::IsDeadlineExceeded(sealed) ? KnownAtNotSettled(moment)
                                              : sealed;
    }
    WELFARE_RETURN_IF_ERROR(CatchUp(limits));
  }
  const std::lock_guard lock(mutex_);
  sealed_ = std::max(sealed_, moment);
  return head_;
}

}  // namespace welfare::registry
