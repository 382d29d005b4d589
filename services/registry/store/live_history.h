// The history that the process serves, always at a whole version.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/registry/history/history.h"
#include "services/registry/store/registry_store.h"

namespace welfare::registry {

// Holds the newest history this process has seen and replaces it as a whole
// after commits. Any thread may call it.
//
// Invariants:
//   Head() never goes back, and never shows part of a commit.
//   After CatchUp() it holds every commit made before the call.
class LiveHistory {
 public:
  // Keeps `store`, which must outlive it. Starts empty; call CatchUp().
  // `incarnation` is the store's. `risen`, if any, is told the version of each
  // new head; it must not block.
  explicit LiveHistory(RegistryStore& store, std::string incarnation = {},
                       std::function<void(std::int64_t version)> risen = {});

  // Returns the newest history; never null.
  HistoryPtr Head() const;

  // Reads the commits after the head from the store. Costs one short query
  // when there are none.
  //
  // Errors: those of RegistryStore::LoadCommits, and HISTORY_GAP.
  absl::Status CatchUp(const base::CallLimits& limits = {});

  // Whether nothing can be recorded at `moment` any more, so that what was
  // known then will never be told otherwise.
  bool IsSettled(base::Timestamp moment) const;

  // Makes `moment` settled, for every process of the database, and returns a
  // history that holds all that was known at it. Asks the database unless it is
  // settled already.
  //
  // Errors:
  //   DEADLINE_EXCEEDED, reason KNOWN_AT_NOT_SETTLED: a write under way did not
  //     end in time.
  //   Those of RegistryStore::Seal and of CatchUp.
  absl::StatusOr<HistoryPtr> Settle(base::Timestamp moment,
                                    const base::CallLimits& limits);

 private:
  bool IsSettledLocked(base::Timestamp moment) const;

  RegistryStore& store_;
  const std::function<void(std::int64_t)> risen_;
  std::mutex catch_up_;  // one reader of new commits at a time
  mutable std::mutex mutex_;
  HistoryPtr head_;         // guarded by mutex_
  base::Timestamp sealed_;  // guarded by mutex_
};

}  // namespace welfare::registry
