#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "services/platform/observe/metrics.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// A Database that counts what another does, by `database` (the module's name)
// and `kind` (read, write):
//   welfare_database_pool_in_use         running or waiting now
//   welfare_database_pool_seconds        from the call to its end, waiting
//                                        for a connection included
//   welfare_database_pool_errors_total   failed by the engine, its disk or the
//                                        wait for it; what a service refuses
//                                        (a conflict) and a caller who leaves
//                                        are not counted
//   welfare_database_pool_connections      open when last looked
//   welfare_database_pool_connections_max  its bound; both without `kind`
// What somebody has to mend (a server that is away, a full disk) is logged as
// an error, at once and then every ten seconds, and its end too. Any thread may
// call it.
class MeteredDatabase final : public Database {
 public:
  MeteredDatabase(std::unique_ptr<Database> inner, const std::string& name,
                  MetricsRegistry& metrics);

  absl::Status RunRead(const base::CallLimits& limits,
                       const ReadFunction& read) override;
  absl::Status RunWrite(const base::CallLimits& limits,
                        const WriteFunction& write) override;
  std::unique_ptr<ChangeWatch> WatchChanges(
      std::function<void()> changed) override;
  PoolState pool() const override;
  absl::StatusOr<std::string> Place() override;

 private:
  void LookAtPool();

  // Of one kind; says what is wrong without saying it for each call.
  class FaultLog {
   public:
    FaultLog(std::string name, std::string kind);
    void Note(const absl::Status& status,
              std::chrono::steady_clock::time_point now);

   private:
    static constexpr std::chrono::seconds kInterval{10};
    const std::string name_;
    const std::string kind_;
    std::atomic<bool> failing_{false};
    std::mutex mutex_;
    std::chrono::steady_clock::time_point last_;
    std::int64_t left_out_ = 0;
  };

  struct Meters {
    Meters(const std::string& name, const std::string& kind,
           MetricsRegistry& metrics);
    Gauge& in_use;
    Histogram& seconds;
    Counter& errors;
    FaultLog log;
  };

  std::unique_ptr<Database> inner_;
  Meters reads_;
  Meters writes_;
  Gauge& connections_;
};

}  // namespace welfare::platform
