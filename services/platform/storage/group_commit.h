#pragma once

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
// Invariants:
//   A write returns OK only after the commit that contains it.
//   A write that fails, or throws, leaves the others of its group untouched.
//   When the engine gives up a whole transaction, the group is repeated one
//   write at a time, so that only the guilty one fails.
class GroupCommit final : public Database {
 public:
  struct Options {
    // More writes than this wait for the next group: bounds the latency of the
    // first and the size of the transaction.
    int max_group = 128;
  };

  // Keeps `inner` and passes reads through to it.
  explicit GroupCommit(std::unique_ptr<Database> inner);
  GroupCommit(std::unique_ptr<Database> inner, const Options& options);
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
