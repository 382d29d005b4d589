#pragma once

#include <memory>
#include <string>

#include "services/platform/observe/metrics.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// A Database that counts what another does, by `database` (the module's name)
// and `kind` (read, write):
//   welfare_database_pool_in_use         running or waiting now
//   welfare_database_pool_seconds        from the call to its end, waiting
//                                        for a connection included
//   welfare_database_pool_errors_total   ended as ABORTED, UNAVAILABLE,
//                                        RESOURCE_EXHAUSTED or
//                                        DEADLINE_EXCEEDED: the database's
//                                        fault, not the caller's
//   welfare_database_pool_connections      open when last looked
//   welfare_database_pool_connections_max  its bound; both without `kind`
// Any thread may call it.
class MeteredDatabase final : public Database {
 public:
  MeteredDatabase(std::unique_ptr<Database> inner, const std::string& name,
                  MetricsRegistry& metrics);

  absl::Status RunRead(const CallLimits& limits,
                       const ReadFunction& read) override;
  absl::Status RunWrite(const CallLimits& limits,
                        const WriteFunction& write) override;
  std::unique_ptr<ChangeWatch> WatchChanges(
      std::function<void()> changed) override;
  PoolState pool() const override;

 private:
  void LookAtPool();

  struct Meters {
    Meters(const std::string& name, const std::string& kind,
           MetricsRegistry& metrics);
    Gauge& in_use;
    Histogram& seconds;
    Counter& errors;
  };

  std::unique_ptr<Database> inner_;
  Meters reads_;
  Meters writes_;
  Gauge& connections_;
};

}  // namespace welfare::platform
