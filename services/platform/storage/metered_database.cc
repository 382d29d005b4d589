#include "services/platform/storage/metered_database.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

// The engine, its disk or the wait for it, whatever the caller's own part in a
// conflict: those have reasons of the service.
bool IsItsFault(const absl::Status& status) {
  if (status.ok()) return false;
  const std::string reason = base::ReasonOf(status);
  for (const std::string_view fault :
       {"DATABASE_UNAVAILABLE", "DATABASE_BUSY", "STORAGE_FULL",
        "DATABASE_STATEMENT", "DEADLINE_EXCEEDED"}) {
    if (reason == fault) return true;
  }
  return false;
}

// Faults that somebody has to mend: the rest passes, or is in the program and
// logged by whoever answers the call.
bool NeedsHelp(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  return reason == "DATABASE_UNAVAILABLE" || reason == "STORAGE_FULL";
}

template <typename Meters, typename Run>
absl::Status Measure(Meters& meters, const Run& run) {
  const auto start = std::chrono::steady_clock::now();
  meters.in_use.Increment();
  absl::Status status = run();
  meters.in_use.Decrement();
  const auto end = std::chrono::steady_clock::now();
  meters.seconds.Observe(std::chrono::duration<double>(end - start).count());
  if (IsItsFault(status)) meters.errors.Increment();
  meters.log.Note(status, end);
  return status;
}

}  // namespace

MeteredDatabase::Meters::Meters(const std::string& name,
                                const std::string& kind,
                                MetricsRegistry& metrics)
    : in_use(metrics.AddGauge("welfare_database_pool_in_use",
                              "Reads and writes running or waiting.",
                              {{"database", name}, {"kind", kind}})),
      seconds(metrics.AddHistogram("welfare_database_pool_seconds",
                                   "Duration of reads and writes.",
                                   MetricsRegistry::CallSeconds(),
                                   {{"database", name}, {"kind", kind}})),
      errors(metrics.AddCounter("welfare_database_pool_errors_total",
                                "Reads and writes the database failed.",
                                {{"database", name}, {"kind", kind}})),
      log(name, kind) {}

MeteredDatabase::FaultLog::FaultLog(std::string name, std::string kind)
    : name_(std::move(name)), kind_(std::move(kind)) {}

void MeteredDatabase::FaultLog::Note(
    const absl::Status& status, std::chrono::steady_clock::time_point now) {
  if (status.ok()) {
    // Nearly always: nothing was wrong before either.
    if (!failing_.load(std::memory_order_relaxed)) return;
    if (!failing_.exchange(false)) return;
    LogInfo("the database works again", {{"database", name_}, {"kind", kind_}});
    return;
  }
  if (!NeedsHelp(status)) return;
  std::int64_t left_out = 0;
  {
    const std::lock_guard lock(mutex_);
    if (failing_.exchange(true) && now - last_ < kInterval) {
      ++left_out_;
      return;
    }
    last_ = now;
    left_out = std::exchange(left_out_, 0);
  }
  const std::string reason = base::ReasonOf(status);
  const std::string cause = CauseOf(status);
  LogError("the database failed", {{"database", name_},
                                   {"kind", kind_},
                                   {"reason", reason},
                                   {"error", base::MessageOf(status)},
                                   {"cause", cause},
                                   {"more_before", left_out}});
}

MeteredDatabase::MeteredDatabase(std::unique_ptr<Database> inner,
                                 const std::string& name,
                                 MetricsRegistry& metrics)
    : inner_(std::move(inner)),
      reads_(name, "read", metrics),
      writes_(name, "write", metrics),
      connections_(metrics.AddGauge("welfare_database_pool_connections",
                                    "Connections that are open.",
                                    {{"database", name}})) {
  metrics
      .AddGauge("welfare_database_pool_connections_max",
                "Connections that may be open.", {{"database", name}})
      .Set(inner_->pool().max);
  LookAtPool();
}

std::unique_ptr<ChangeWatch> MeteredDatabase::WatchChanges(
    std::function<void()> changed) {
  return inner_->WatchChanges(std::move(changed));
}

PoolState MeteredDatabase::pool() const { return inner_->pool(); }

absl::StatusOr<std::string> MeteredDatabase::Place() { return inner_->Place(); }

void MeteredDatabase::LookAtPool() { connections_.Set(inner_->pool().open); }

absl::Status MeteredDatabase::RunRead(const base::CallLimits& limits,
                                      const ReadFunction& read) {
  absl::Status status =
      Measure(reads_, [&] { return inner_->RunRead(limits, read); });
  LookAtPool();
  return status;
}

absl::Status MeteredDatabase::RunWrite(const base::CallLimits& limits,
                                       const WriteFunction& write) {
  absl::Status status =
      Measure(writes_, [&] { return inner_->RunWrite(limits, write); });
  LookAtPool();
  return status;
}

}  // namespace welfare::platform
