// The registry in a SQL database, through the platform's data layer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/registry/store/registry_store.h"

namespace welfare::registry {

// Any thread may call it.
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
  absl::StatusOr<std::string> Write(const WriteRequest& request,
                                    const History& known,
                                    const PlanWrite& plan) override;
  absl::Status Seal(base::Timestamp moment,
                    const base::CallLimits& limits) override;

 private:
  SqlRegistryStore(platform::Database& database, const base::Clock& clock)
      : database_(database), clock_(clock) {}

  platform::Database& database_;
  const base::Clock& clock_;
};

}  // namespace welfare::registry
