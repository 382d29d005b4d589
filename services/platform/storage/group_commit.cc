#include "services/platform/storage/group_commit.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

// A write that waits for its group.
struct Pending {
  const base::CallLimits& limits;
  const Database::WriteFunction& write;
  enum class Stage { kQueued, kRunning, kDone } stage = Stage::kQueued;
  absl::Status status;
};

}  // namespace

struct GroupCommit::State {
  std::unique_ptr<Database> inner;
  Options options;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Pending*> queue;
  bool committing = false;

  // Runs the group and sets every status. Called without the mutex.
  void Commit(const std::vector<Pending*>& group) {
    if (group.size() == 1) {
      Pending& only = *group.front();
      only.status = inner->RunWrite(only.limits, only.write);
      return;
    }
    bool given_up = false;
    // The group's transaction has no limits of its own: each write obeys its
    // caller's inside its savepoint. The lock, though, is not waited for
    // longer than any caller would.
    const base::CallLimits limits =
        base::CallLimits::After(Database::kDefaultTimeout);
    const absl::Status status =
        inner->RunWrite(limits, [&](Transaction& transaction) {
          for (Pending* pending : group) {
            pending->status =
                transaction.Isolated(pending->limits, pending->write);
            if (transaction.broken()) {
              given_up = true;
              return DatabaseUnavailable("the transaction was given up");
            }
          }
          return absl::OkStatus();
        });
    if (status.ok()) return;
    if (given_up) {
      for (Pending* pending : group) {
        pending->status = inner->RunWrite(pending->limits, pending->write);
      }
      return;
    }
    // Nothing was committed: whoever believed to have succeeded did not.
    for (Pending* pending : group) {
      if (pending->status.ok()) pending->status = status;
    }
  }
};

GroupCommit::GroupCommit(std::unique_ptr<Database> inner)
    : GroupCommit(std::move(inner), Options{}) {}

GroupCommit::GroupCommit(std::unique_ptr<Database> inner,
                         const Options& options)
    : state_(std::make_unique<State>()) {
  state_->inner = std::move(inner);
  state_->options = options;
}

GroupCommit::~GroupCommit() = default;

absl::Status GroupCommit::RunRead(const base::CallLimits& limits,
                                  const ReadFunction& read) {
  return state_->inner->RunRead(limits, read);
}

std::unique_ptr<ChangeWatch> GroupCommit::WatchChanges(
    std::function<void()> changed) {
  return state_->inner->WatchChanges(std::move(changed));
}

PoolState GroupCommit::pool() const {
  PoolState pool = state_->inner->pool();
  const std::lock_guard lock(state_->mutex);
  pool.writes_waiting += static_cast<int>(state_->queue.size());
  return pool;
}

absl::StatusOr<StorageState> GroupCommit::Storage() {
  return state_->inner->Storage();
}

absl::StatusOr<std::string> GroupCommit::Place() {
  return state_->inner->Place();
}

absl::Status GroupCommit::RunWrite(const base::CallLimits& limits,
                                   const WriteFunction& write) {
  Pending self{.limits = limits, .write = write, .status = {}};
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.queue.push_back(&self);
  while (true) {
    if (self.stage == Pending::Stage::kDone) return self.status;
    if (self.stage == Pending::Stage::kQueued) {
      if (limits.cancelled() || limits.expired()) {
        std::erase(state.queue, &self);
        return limits.cancelled() ? Cancelled("waiting to commit")
                                  : DeadlineExceeded("waiting to commit");
      }
      // The head of the queue commits; it is always a waiting caller.
      if (!state.committing && state.queue.front() == &self) break;
    }
    if (self.stage == Pending::Stage::kRunning) {
      state.changed.wait(lock);
    } else {
      // Bounded, so that a stop request is seen.
      state.changed.wait_until(
          lock, std::min(limits.deadline, std::chrono::steady_clock::now() +
                                              std::chrono::milliseconds(50)));
    }
  }
  state.committing = true;
  std::vector<Pending*> group;
  while (!state.queue.empty() &&
         group.size() <
             static_cast<std::size_t>(std::max(1, state.options.max_group))) {
    group.push_back(state.queue.front());
    group.back()->stage = Pending::Stage::kRunning;
    state.queue.pop_front();
  }
  lock.unlock();
  state.Commit(group);
  lock.lock();
  for (Pending* pending : group) pending->stage = Pending::Stage::kDone;
  state.committing = false;
  // Everybody: the members of the group, and the next head.
  state.changed.notify_all();
  return self.status;
}

}  // namespace welfare::platform
