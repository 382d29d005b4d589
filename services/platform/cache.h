#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace welfare::platform {

// Derived, immutable values by key. A key contains the versions the value came
// from, so nothing is ever invalidated; entries expire. Any thread may call it.
//
// Invariants:
//   A fault is a metric and a miss, never an error and never a wrong value.
//   No call takes longer than the implementation's stated bound.
class Cache {
 public:
  Cache() = default;
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  virtual ~Cache() = default;

  // Returns the value stored under `key`, or nullopt.
  virtual std::optional<std::string> Get(std::string_view key) = 0;

  // Stores `value` under `key` for `lifetime`, or does nothing when it cannot.
  virtual void Set(std::string_view key, std::string_view value,
                   std::chrono::seconds lifetime) = 0;
};

}  // namespace welfare::platform
