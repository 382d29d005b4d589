#pragma once

#include <chrono>
#include <string_view>

#include "services/platform/cache/shared_bytes.h"

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

  // Returns the value stored under `key`, or null.
  virtual SharedBytes Get(std::string_view key) = 0;

  // Stores `value`, which is not null, under `key` for `lifetime`, or does
  // nothing when it cannot.
  virtual void Set(std::string_view key, SharedBytes value,
                   std::chrono::seconds lifetime) = 0;
};

}  // namespace welfare::platform
