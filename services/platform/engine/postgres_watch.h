#pragma once

#include <functional>
#include <stop_token>
#include <thread>
#include <utility>

#include "services/platform/engine/postgres_connection.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// A connection that listens, and its thread.
class PostgresWatch final : public ChangeWatch {
 public:
  PostgresWatch(const PostgresTarget& target, std::function<void()> changed)
      : target_(target),
        changed_(std::move(changed)),
        thread_([this](const std::stop_token& stop) { Follow(stop); }) {}

 private:
  void Follow(const std::stop_token& stop);

  // Follows one connection to its end. Returns whether it ever listened.
  bool Listen(const std::stop_token& stop);

  const PostgresTarget& target_;
  std::function<void()> changed_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace welfare::platform
