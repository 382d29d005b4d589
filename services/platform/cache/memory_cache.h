#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "services/platform/cache/cache.h"
#include "services/platform/observe/metrics.h"

namespace welfare::platform {

// A Cache inside the process: least recently used entries go first when the
// bytes of keys and values exceed the capacity. Split into shards by key, so
// that threads rarely meet. A call takes microseconds.
class MemoryCache final : public Cache {
 public:
  struct Options {
    std::size_t capacity_bytes = std::size_t{64} * 1024 * 1024;
    int shards = 16;
    // Tests hand in a time of their own; expiry needs no wall clock.
    std::function<std::chrono::steady_clock::time_point()> now =
        &std::chrono::steady_clock::now;
  };

  // Counts in welfare_cache_requests_total{cache="memory"}.
  MemoryCache(const Options& options, MetricsRegistry& metrics);
  ~MemoryCache() override;

  SharedBytes Get(std::string_view key) override;
  void Set(std::string_view key, SharedBytes value,
           std::chrono::seconds lifetime) override;

 private:
  struct Shard;
  struct State;
  Shard& ShardOf(std::string_view key);

  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
