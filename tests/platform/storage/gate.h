// A database that holds its writers back.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "services/platform/engine/sqlite_database.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// Counts transactions of the database it wraps, and can hold them back so that
// a group gathers.
class Gate final : public Database {
 public:
  explicit Gate(std::unique_ptr<SqliteDatabase> inner)
      : inner_(std::move(inner)) {}

  absl::Status RunRead(const base::CallLimits& limits,
                       const ReadFunction& read) override {
    return inner_->RunRead(limits, read);
  }
  absl::Status RunWrite(const base::CallLimits& limits,
                        const WriteFunction& write) override {
    ++writes;
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return open_; });
    lock.unlock();
    return inner_->RunWrite(limits, write);
  }
  std::unique_ptr<ChangeWatch> WatchChanges(
      std::function<void()> changed) override {
    return inner_->WatchChanges(std::move(changed));
  }
  PoolState pool() const override { return inner_->pool(); }
  absl::StatusOr<std::string> Place() override { return inner_->Place(); }
  void OnAuditFailure(AuditKind kind) override {
    ++audit_failures[static_cast<std::size_t>(kind)];
  }
  void Close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void Open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    opened_.notify_all();
  }
  SqliteDatabase& inner() { return *inner_; }

  std::atomic<int> writes{0};
  std::array<std::atomic<int>, 3> audit_failures{};  // by AuditKind

 private:
  std::unique_ptr<SqliteDatabase> inner_;
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = true;
};

}  // namespace welfare::platform
