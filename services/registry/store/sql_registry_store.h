// The registry in a SQL database, through the platform's data layer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/coding/json_text.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/registry/store/registry_store.h"

namespace welfare::registry {

// The state a write is planned on, inside its transaction.
struct WriteContext {
  const History& current;
  // Version and time the changes will have, if there are any.
  std::int64_t version;
  base::Timestamp recorded_time;
};

// What a write does.
struct WritePlan {
  Changes changes;
  // What the audit log says was changed, and how: counts and words, no personal
  // data.
  std::string resource;
  base::JsonObject audit_detail;
  std::string reply;  // bytes of the response; kept for a repeat of the request
};

// Says what to do on a state. May be called more than once for one write, on
// any thread, and has no effect of its own.
using PlanWrite = std::function<absl::StatusOr<WritePlan>(const WriteContext&)>;

// Any thread may call it.
//
// Invariants: as RegistryStore. A write that returned OK is kept; one that
//   failed left nothing behind.
class SqlRegistryStore final : public RegistryStore {
 public:
  // Brings the tables up to date and returns the store. `database` and `clock`
  // must outlive it.
  //
  // Errors: those of platform::ApplyMigrations.
  static absl::StatusOr<std::unique_ptr<SqlRegistryStore>> Open(
      platform::Database& database, const base::Clock& clock);

  absl::StatusOr<std::vector<CommitPtr>> LoadCommits(
      std::int64_t version, const base::CallLimits& limits) override;
  absl::Status Seal(base::Timestamp moment,
                    const base::CallLimits& limits) override;

  // Runs `plan` on the current state and stores its changes as one version,
  // with an audit record and the reply, in one transaction. No changes make no
  // version. `known` is any state of this store; commits after it are read in
  // the transaction.
  //
  // Errors: those of platform::WritePath and of `plan`.
  absl::StatusOr<platform::WritePath::Outcome> Write(
      const platform::WriteRequest& request, const History& known,
      const PlanWrite& plan);

 private:
  SqlRegistryStore(platform::Database& database, const base::Clock& clock)
      : database_(database), writes_({.database = database, .clock = clock}) {}

  platform::Database& database_;
  const platform::WritePath writes_;
};

}  // namespace welfare::registry
