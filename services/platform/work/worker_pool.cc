#include "services/platform/work/worker_pool.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/errors.h"
#include "services/platform/work/background.h"

namespace welfare::platform {
namespace {

struct QueuedWork {
  base::CallLimits limits;
  WorkerPool::Work work;
};

// OK when the work is still worth doing.
absl::Status Worth(const QueuedWork& entry) {
  if (entry.limits.cancelled()) return Cancelled("waiting for a worker");
  if (entry.limits.expired()) return DeadlineExceeded("waiting for a worker");
  return absl::OkStatus();
}

}  // namespace

struct WorkerPool::State {
  Options options;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<QueuedWork> queue;
  std::deque<QueuedWork> woken;
  bool woken_next = false;  // whose turn it is where both have work
  int idle = 0;             // including threads that are about to start
  int running = 0;
  bool stopping = false;
  std::vector<std::jthread> threads;

  bool IsEmpty() const { return queue.empty() && woken.empty(); }

  QueuedWork Take() {
    const bool from_woken =
        !woken.empty() && (queue.empty() || std::exchange(woken_next, false));
    if (!from_woken) woken_next = true;
    std::deque<QueuedWork>& source = from_woken ? woken : queue;
    QueuedWork entry = std::move(source.front());
    source.pop_front();
    return entry;
  }

  // Starts a thread if all are taken and one may be. Called with the lock.
  void StartThread() {
    if (queue.size() + woken.size() >= static_cast<std::size_t>(idle) &&
        threads.size() <
            static_cast<std::size_t>(std::max(1, options.threads))) {
      threads.emplace_back([this] { Run(); });
      ++idle;
    }
  }

  void Run() {
    if (options.background) EnterBackground();
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stopping || !IsEmpty(); });
      --idle;
      if (IsEmpty()) return;
      QueuedWork entry = Take();
      ++running;
      absl::Status start = stopping ? ShuttingDown() : Worth(entry);
      lock.unlock();
      entry.work(std::move(start));
      entry = {};  // what the work holds ends before it counts as done
      lock.lock();
      --running;
      ++idle;
    }
  }
};

WorkerPool::WorkerPool(const Options& options)
    : state_(std::make_unique<State>()) {
  state_->options = options;
}

WorkerPool::~WorkerPool() { Stop(); }

absl::Status WorkerPool::Submit(const base::CallLimits& limits, Work work) {
  State& state = *state_;
  std::vector<std::pair<QueuedWork, absl::Status>> dropped;
  absl::Status result;
  {
    const std::lock_guard lock(state.mutex);
    if (state.stopping) return ShuttingDown();
    state.StartThread();
    // What an idle thread will take at once does not count as waiting.
    const std::size_t room = static_cast<std::size_t>(state.options.queue) +
                             static_cast<std::size_t>(state.idle);
    if (state.queue.size() >= room) {
      // Make room by what nobody waits for any more.
      for (auto entry = state.queue.begin(); entry != state.queue.end();) {
        if (absl::Status worth = Worth(*entry); !worth.ok()) {
          dropped.emplace_back(std::move(*entry), std::move(worth));
          entry = state.queue.erase(entry);
        } else {
          ++entry;
        }
      }
    }
    if (state.queue.size() >= room) {
      result = Overloaded();
    } else {
      state.queue.push_back({limits, std::move(work)});
    }
  }
  state.changed.notify_one();
  for (auto& [entry, status] : dropped) entry.work(std::move(status));
  return result;
}

absl::Status WorkerPool::SubmitWoken(const base::CallLimits& limits,
                                     Work work) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return ShuttingDown();
    state_->StartThread();
    state_->woken.push_back({limits, std::move(work)});
  }
  state_->changed.notify_one();
  return absl::OkStatus();
}

void WorkerPool::Stop() {
  std::vector<std::jthread> threads;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    threads.swap(state_->threads);
  }
  state_->changed.notify_all();
  threads.clear();  // joins
  // With no thread ever started, nothing can be waiting either.
}

int WorkerPool::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->queue.size() + state_->woken.size());
}

int WorkerPool::running() const {
  const std::lock_guard lock(state_->mutex);
  return state_->running;
}

}  // namespace welfare::platform
