#include "services/platform/storage/group_commit.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/errors.h"
#include "services/platform/work/background.h"

namespace welfare::platform {
namespace {

// A write that waits for its group.
struct Pending {
  const base::CallLimits& limits;
  const Database::WriteFunction& write;
  enum class Stage { kQueued, kRunning, kDone } stage = Stage::kQueued;
  absl::Status status;
};

using Group = std::vector<Pending*>;

absl::Status Nothing(Transaction& /*transaction*/) { return absl::OkStatus(); }

// Runs the writes of a group from `first` on, each in its own savepoint.
// Returns false where the engine gives the transaction up.
bool RunEach(Transaction& transaction, const Group& group, std::size_t first) {
  for (std::size_t i = first; i < group.size(); ++i) {
    group[i]->status = transaction.Isolated(group[i]->limits, group[i]->write);
    if (transaction.broken()) return false;
  }
  return true;
}

}  // namespace

struct GroupCommit::State {
  std::unique_ptr<Database> inner;
  Options options;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Pending*> queue;
  // Those of background threads, who take no turn themselves.
  std::deque<Pending*> background;
  int passed = 0;  // groups that went before the head of `background`
  std::chrono::steady_clock::time_point last_write;  // of those who go first
  bool committing = false;
  bool stopping = false;
  // Commits for background threads, but is none: who waits for the commit of
  // one waits no longer than for any.
  std::thread committer;

  bool IsTurnOfBackground() const {
    return !background.empty() &&
           (queue.empty() || passed >= options.most_passed);
  }

  // Moves writes that wait into a group, up to `most` in all.
  static void Take(std::deque<Pending*>& waiting, std::size_t most,
                   Group& group) {
    while (!waiting.empty() && group.size() < most) {
      group.push_back(waiting.front());
      group.back()->stage = Pending::Stage::kRunning;
      waiting.pop_front();
    }
  }

  std::size_t max_group() const {
    return static_cast<std::size_t>(std::max(1, options.max_group));
  }

  // Runs a group of one or more and sets every status. `joined`: adds to it
  // what is to be committed with it, once it has run. Called without the mutex.
  template <typename Joined>
  void Commit(Group& group, const Joined& joined) {
    const std::size_t first = group.size();
    bool given_up = false;
    // The group's transaction has no limits of its own: each write obeys its
    // caller's inside its savepoint. The lock, though, is not waited for
    // longer than any caller would. One alone needs no savepoint.
    const bool alone = first == 1;
    const base::CallLimits limits =
        alone ? group.front()->limits
              : base::CallLimits::After(Database::kDefaultTimeout);
    const absl::Status status =
        inner->RunWrite(limits, [&](Transaction& transaction) -> absl::Status {
          if (alone) {
            absl::Status written = group.front()->write(transaction);
            if (!written.ok()) return written;
          } else {
            given_up = !RunEach(transaction, group, 0);
          }
          if (!given_up && !transaction.broken()) {
            joined(group);
            // What has failed in it unseen must not fail who has joined.
            given_up = (alone && group.size() > first &&
                        !transaction.Isolated(limits, Nothing).ok()) ||
                       !RunEach(transaction, group, first);
          }
          return given_up ? DatabaseUnavailable("the transaction was given up")
                          : absl::OkStatus();
        });
    if (alone) group.front()->status = status;
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

  // Ends the turn of a group.
  void End(const Group& group) {
    for (Pending* pending : group) pending->stage = Pending::Stage::kDone;
    committing = false;
    // Everybody: the members of the group, and the next to commit.
    changed.notify_all();
  }

  void CommitForBackground() {
    GiveWayToWakers();
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] {
        return stopping || (!committing && IsTurnOfBackground());
      });
      if (stopping) return;
      committing = true;
      passed = 0;
      const bool heeds =
          !queue.empty() ||
          std::chrono::steady_clock::now() - last_write < options.heed;
      Group group;
      Take(background, heeds ? 1 : max_group(), group);
      lock.unlock();
      Commit(group, [&](Group& all) {
        const std::lock_guard relock(mutex);
        Take(queue, all.size() + max_group(), all);
      });
      lock.lock();
      End(group);
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
  // Not when it is first needed: a thread that a background thread starts is
  // one.
  state_->committer =
      std::thread([state = state_.get()] { state->CommitForBackground(); });
}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->committer.join();
}

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
  pool.writes_waiting +=
      static_cast<int>(state_->queue.size() + state_->background.size());
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
  const bool background = InBackground();
  std::unique_lock lock(state.mutex);
  std::deque<Pending*>& queue = background ? state.background : state.queue;
  queue.push_back(&self);
  if (background) {
    state.changed.notify_all();
  } else {
    state.last_write = std::chrono::steady_clock::now();
  }
  while (true) {
    if (self.stage == Pending::Stage::kDone) return self.status;
    if (self.stage == Pending::Stage::kQueued) {
      if (limits.cancelled() || limits.expired()) {
        std::erase(queue, &self);
        // Another may be the head now.
        state.changed.notify_all();
        return limits.cancelled() ? Cancelled("waiting to commit")
                                  : DeadlineExceeded("waiting to commit");
      }
      // The head of the queue commits; it is always a waiting caller.
      if (!background && !state.committing && queue.front() == &self &&
          !state.IsTurnOfBackground()) {
        break;
      }
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
  if (!state.background.empty()) ++state.passed;
  Group group;
  State::Take(state.queue, state.max_group(), group);
  lock.unlock();
  state.Commit(group, [](Group&) {});
  lock.lock();
  state.End(group);
  return self.status;
}

}  // namespace welfare::platform
