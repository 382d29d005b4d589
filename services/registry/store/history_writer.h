// Planned writes: stored, then shown to readers.
#pragma once

#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/write_path.h"
#include "services/registry/store/live_history.h"
#include "services/registry/store/sql_registry_store.h"

namespace welfare::registry {

// Any thread may call it; it blocks on the database.
//
// Invariants: a write that returned OK is stored, and readers of this process
//   see it, or will within a second.
class HistoryWriter {
 public:
  // All must outlive the writer.
  HistoryWriter(SqlRegistryStore& store, LiveHistory& live,
                const base::Clock& clock)
      : store_(store), live_(live), clock_(clock) {}

  // Runs `plan` on the current state and stores what it says; with
  // `validate_only` it is run on the head and nothing is stored.
  //
  // Errors: those of `plan` and of SqlRegistryStore::Write. None of what
  //   follows the commit.
  absl::StatusOr<platform::WritePath::Outcome> Run(
      const platform::WriteRequest& request, bool validate_only,
      const PlanWrite& plan);

 private:
  SqlRegistryStore& store_;
  LiveHistory& live_;
  const base::Clock& clock_;
};

}  // namespace welfare::registry
