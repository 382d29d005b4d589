// Where the registry's history is kept, as its readers need it. What is written
// goes through SqlRegistryStore.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/call_limits.h"
#include "services/base/time/clock.h"
#include "services/registry/history/history.h"

namespace welfare::registry {

// Keeps commits. Any thread may call it.
//
// Invariants:
//   Nothing stored is ever changed or removed.
//   Versions have no gaps; recorded times rise with them.
class RegistryStore {
 public:
  RegistryStore() = default;
  RegistryStore(const RegistryStore&) = delete;
  RegistryStore& operator=(const RegistryStore&) = delete;
  virtual ~RegistryStore() = default;

  // Returns the commits after `version`, in order.
  //
  // Errors: those of the engine (UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED);
  //   INTERNAL, reason STORED_VALUE_INVALID.
  virtual absl::StatusOr<std::vector<CommitPtr>> LoadCommits(
      std::int64_t version, const base::CallLimits& limits) = 0;

  // Makes sure that no commit will ever be recorded at `moment` or before that
  // LoadCommits does not show now: waits for a write under way, in whatever
  // process, and has later ones recorded later, whatever their clocks say.
  //
  // Errors: those of the engine.
  virtual absl::Status Seal(base::Timestamp moment,
                            const base::CallLimits& limits) = 0;
};

}  // namespace welfare::registry
