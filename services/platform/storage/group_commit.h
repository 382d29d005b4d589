#pragma once

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// A Database that lets concurrent writes of another share one transaction, so
// that a hundred callers pay for one disk synchronisation. The first writer
// becomes the committer, runs everything that queued up meanwhile in order of
// arrival, each inside its own savepoint, commits once, and hands over. Any
// thread may call it.
//
// Writes of background threads (work/background.h) let the others go first:
// they wait in a queue of their own, and whoever else comes while they run is
// committed with them.
//
// Invariants:
//   A write returns OK only after the commit that contains it.
//   A write that fails, or throws, leaves the others of its group untouched.
//   When the engine gives up a whole transaction, the group is repeated one
//   write at a time, so that only the guilty one fails.
//   No write of a background thread is passed by more than `most_passed`
//   groups of the others, and no other waits for more than one group of theirs.
class GroupCommit final : public Database {
 public:
  struct Options {
    // More writes than this wait for the next group: bounds the latency of the
    // first and the size of the transaction.
    int max_group = 128;
    // So long after a write of somebody who waits, a group of background
    // threads is one write; else it is as large as that of the others.
    std::chrono::milliseconds heed{1000};
    int most_passed = 16;
  };

  // Keeps `inner` and passes reads through to it.
  explicit GroupCommit(std::unique_ptr<Database> inner);
  GroupCommit(std::unique_ptr<Database> inner, const Options& options);
  // REQUIRES: no call is under way.
  ~GroupCommit() override;

  absl::Status RunRead(const base::CallLimits& limits,
                       const ReadFunction& read) override;
  absl::Status RunWrite(const base::CallLimits& limits,
                        const WriteFunction& write) override;
  std::unique_ptr<ChangeWatch> WatchChanges(
      std::function<void()> changed) override;
  PoolState pool() const override;
  absl::StatusOr<std::string> Place() override;
  absl::StatusOr<StorageState> Storage() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
