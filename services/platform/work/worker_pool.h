#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "services/base/time/call_limits.h"

namespace welfare::platform {

// A bounded number of threads with a bounded queue: where handlers run that
// block. Threads start when work first needs them. Any thread may call it.
//
// Invariants:
//   Every accepted work function is called exactly once: with OK to do the
//   work, or with the error that kept it from running.
class WorkerPool {
 public:
  struct Options {
    std::string name = "workers";
    int threads = 4;
    // Work that waits beyond this is refused: better a quick RESOURCE_EXHAUSTED
    // than an answer after the caller's deadline.
    int queue = 256;
    // Its threads let others go first (background.h).
    bool background = false;
  };

  // Called with OK, or with DEADLINE_EXCEEDED, CANCELLED (the limits passed
  // while it waited) or UNAVAILABLE (the pool stopped).
  using Work = std::function<void(absl::Status start)>;

  explicit WorkerPool(const Options& options);
  // Stops as Stop does.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Queues `work`. When it returns an error, `work` will not be called.
  //
  // Errors:
  //   RESOURCE_EXHAUSTED, reason OVERLOADED: the queue is full of work that is
  //     still worth doing.
  //   UNAVAILABLE, reason SHUTTING_DOWN: the pool has stopped.
  absl::Status Submit(const base::CallLimits& limits, Work work);

  // The same for work that has waited elsewhere, where its number is bounded:
  // it is never refused for want of room and takes none from Submit. While both
  // have work they take turns, so that a thousand calls that are woken at once
  // delay nobody else by more than one.
  //
  // Errors: UNAVAILABLE, reason SHUTTING_DOWN.
  absl::Status SubmitWoken(const base::CallLimits& limits, Work work);

  // Refuses new work, calls what waits with UNAVAILABLE, and returns when the
  // running work has ended.
  void Stop();

  // For metrics: work waiting and running.
  int waiting() const;
  int running() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
