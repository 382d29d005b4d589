#include "services/platform/storage/metered_database.h"

#include <chrono>
#include <utility>

namespace welfare::platform {
namespace {

bool IsItsFault(absl::StatusCode code) {
  return code == absl::StatusCode::kAborted ||
         code == absl::StatusCode::kUnavailable ||
         code == absl::StatusCode::kResourceExhausted ||
         code == absl::StatusCode::kDeadlineExceeded;
}

template <typename Meters, typename Run>
absl::Status Measure(Meters& meters, const Run& run) {
  const auto start = std::chrono::steady_clock::now();
  meters.in_use.Increment();
  absl::Status status = run();
  meters.in_use.Decrement();
  meters.seconds.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count());
  if (IsItsFault(status.code())) meters.errors.Increment();
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
                                {{"database", name}, {"kind", kind}})) {}

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

void MeteredDatabase::LookAtPool() { connections_.Set(inner_->pool().open); }

absl::Status MeteredDatabase::RunRead(const CallLimits& limits,
                                      const ReadFunction& read) {
  absl::Status status =
      Measure(reads_, [&] { return inner_->RunRead(limits, read); });
  LookAtPool();
  return status;
}

absl::Status MeteredDatabase::RunWrite(const CallLimits& limits,
                                       const WriteFunction& write) {
  absl::Status status =
      Measure(writes_, [&] { return inner_->RunWrite(limits, write); });
  LookAtPool();
  return status;
}

}  // namespace welfare::platform
