#include "services/platform/storage/metered_database.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

// Faults that somebody has to mend: the rest passes, or is in the program and
// logged by whoever answers the call.
bool NeedsHelp(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  return reason == "DATABASE_UNAVAILABLE" || reason == "STORAGE_FULL";
}

}  // namespace

MeteredDatabase::Meters::Meters(const std::string& name,
                                const std::string& kind,
                                MetricsRegistry& metrics)
    : in_use(metrics.AddGauge("welfare_database_pool_in_use",
                              "Reads and writes running or waiting.",
                              {{"database", name}, {"kind", kind}})),
      waiting(metrics.AddGauge("welfare_database_pool_waiting",
                               "Reads and writes that wait for a connection "
                               "or for the writes before them.",
                               {{"database", name}, {"kind", kind}})),
      seconds(metrics.AddHistogram("welfare_database_pool_seconds",
                                   "Duration of reads and writes.",
                                   MetricsRegistry::CallSeconds(),
                                   {{"database", name}, {"kind", kind}})),
      errors(),
      log(name, kind) {
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    errors[i] = &metrics.AddCounter(
        "welfare_database_pool_errors_total",
        "Reads and writes the database failed, by reason.",
        {{"database", name}, {"kind", kind}, {"reason", kReasons[i]}});
  }
}

template <typename Run>
absl::Status MeteredDatabase::Meters::Measure(const Run& run) {
  const auto start = std::chrono::steady_clock::now();
  in_use.Increment();
  absl::Status status = run();
  in_use.Decrement();
  const auto end = std::chrono::steady_clock::now();
  seconds.Observe(std::chrono::duration<double>(end - start).count());
  if (!status.ok()) {
    const std::string reason = base::ReasonOf(status);
    for (std::size_t i = 0; i < kReasons.size(); ++i) {
      if (reason == kReasons[i]) errors[i]->Increment();
    }
  }
  log.Note(status, end);
  return status;
}

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
                                    {{"database", name}})),
      bytes_(metrics.AddGauge("welfare_database_bytes",
                              "What the database takes on its disk.",
                              {{"database", name}})),
      audit_failures_(),
      metrics_(metrics),
      name_(name) {
  for (const auto& [kind, word] : {std::pair(AuditKind::kChange, "change"),
                                   std::pair(AuditKind::kRead, "read"),
                                   std::pair(AuditKind::kRefusal, "refusal")}) {
    audit_failures_[static_cast<std::size_t>(kind)] = &metrics.AddCounter(
        "welfare_audit_append_failures_total",
        "Times that the audit log could not be appended to, by what was to be "
        "written down.",
        {{"database", name}, {"kind", word}});
  }
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

absl::StatusOr<StorageState> MeteredDatabase::Storage() {
  return inner_->Storage();
}

void MeteredDatabase::OnAuditFailure(AuditKind kind) {
  audit_failures_[static_cast<std::size_t>(kind)]->Increment();
}

void MeteredDatabase::LookAtPool() {
  const PoolState pool = inner_->pool();
  connections_.Set(pool.open);
  reads_.waiting.Set(pool.reads_waiting);
  writes_.waiting.Set(pool.writes_waiting);
}

absl::Status MeteredDatabase::Ping() {
  // Before it waits itself.
  LookAtPool();
  absl::Status status = Database::Ping();
  if (status.ok()) LookAtStorage();
  return status;
}

void MeteredDatabase::LookAtStorage() {
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(storage_mutex_);
    if (now < next_storage_) return;
    next_storage_ = now + kStorageInterval;
  }
  const absl::StatusOr<StorageState> storage = inner_->Storage();
  if (!storage.ok()) return;  // the next read says what is wrong
  const std::lock_guard lock(storage_mutex_);
  bytes_.Set(static_cast<double>(storage->bytes));
  if (storage->log.has_value()) {
    if (log_bytes_ == nullptr) {
      log_bytes_ = &metrics_.AddGauge(
          "welfare_database_log_bytes",
          "What the write-ahead log of an embedded database takes of its disk.",
          {{"database", name_}});
      checkpoint_failures_ = &metrics_.AddCounter(
          "welfare_database_checkpoint_failures_total",
          "Times that the write-ahead log of an embedded database could not be "
          "brought into its file.",
          {{"database", name_}});
    }
    log_bytes_->Set(static_cast<double>(storage->log->bytes));
    checkpoint_failures_->Increment(
        static_cast<double>(storage->log->failures) -
        checkpoint_failures_->Value());
  }
  if (storage->free_bytes.has_value()) {
    if (free_bytes_ == nullptr) {
      free_bytes_ =
          &metrics_.AddGauge("welfare_database_disk_free_bytes",
                             "What the disk of an embedded database has left.",
                             {{"database", name_}});
    }
    free_bytes_->Set(static_cast<double>(*storage->free_bytes));
  }
  if (storage->last_backup.has_value()) {
    if (last_backup_ == nullptr) {
      last_backup_ = &metrics_.AddGauge(
          "welfare_backup_last_success_timestamp_seconds",
          "When an embedded database was last copied by --backup-to, in "
          "seconds since 1970; 0: never.",
          {{"database", name_}});
    }
    last_backup_->Set(static_cast<double>(storage->last_backup->micros()) /
                      1e6);
  }
}

absl::Status MeteredDatabase::RunRead(const base::CallLimits& limits,
                                      const ReadFunction& read) {
  return reads_.Measure([&] { return inner_->RunRead(limits, read); });
}

absl::Status MeteredDatabase::RunWrite(const base::CallLimits& limits,
                                       const WriteFunction& write) {
  return writes_.Measure([&] { return inner_->RunWrite(limits, write); });
}

}  // namespace welfare::platform
