#pragma once

#include <array>
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
//   welfare_database_pool_waiting        of them, waiting for a connection or
//                                        for the writes before them, when last
//                                        looked: at each Ping
//   welfare_database_pool_errors_total   failed by the engine, its disk or the
//                                        wait for it, by `reason`; what a
//                                        service refuses (a conflict) and a
//                                        caller who leaves are not counted
//   welfare_database_pool_connections      open when last looked
//   welfare_database_pool_connections_max  its bound; both without `kind`
// and by `database` alone, looked at once a minute by whoever asks whether it
// is ready, so that no scrape costs a query:
//   welfare_database_bytes                 what it takes on its disk
//   welfare_database_log_bytes             of it, an embedded one's write-ahead
//                                          log
//   welfare_database_checkpoint_failures_total  times that its log could not be
//                                          brought into its file
//   welfare_database_disk_free_bytes       what an embedded one's disk has left
//   welfare_backup_last_success_timestamp_seconds  --backup-to; 0: never
// and welfare_audit_append_failures_total{database,kind}, by what was to be
// written down: change, read, refusal.
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
  absl::StatusOr<StorageState> Storage() override;
  absl::Status Ping() override;
  void OnAuditFailure(AuditKind kind) override;

 private:
  static constexpr std::chrono::seconds kStorageInterval{60};
  // For which the database, its disk or the wait for it is to blame.
  static constexpr std::array<const char*, 5> kReasons = {
      "DATABASE_UNAVAILABLE", "DATABASE_BUSY", "STORAGE_FULL",
      "DATABASE_STATEMENT", "DEADLINE_EXCEEDED"};

  void LookAtPool();
  void LookAtStorage();

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
    // Runs a read or a write and counts it.
    template <typename Run>
    absl::Status Measure(const Run& run);

    Gauge& in_use;
    Gauge& waiting;
    Histogram& seconds;
    std::array<Counter*, kReasons.size()> errors;
    FaultLog log;
  };

  std::unique_ptr<Database> inner_;
  Meters reads_;
  Meters writes_;
  Gauge& connections_;
  Gauge& bytes_;
  std::array<Counter*, 3> audit_failures_;  // by AuditKind
  // Made when there is something to show.
  Gauge* log_bytes_ = nullptr;
  Counter* checkpoint_failures_ = nullptr;
  Gauge* free_bytes_ = nullptr;
  Gauge* last_backup_ = nullptr;
  MetricsRegistry& metrics_;
  const std::string name_;
  std::mutex storage_mutex_;
  std::chrono::steady_clock::time_point next_storage_;
};

}  // namespace welfare::platform
