#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/cache/cache.h"
#include "services/platform/observe/metrics.h"

namespace welfare::platform {

// A Cache in a Redis server, shared by the replicas of a service. One
// connection, on a thread of its own that multiplexes all callers; it connects
// and reconnects by itself. While the server is away or does not answer, a
// circuit breaker makes every call a miss at once.
//
// Invariants:
//   Get returns within `timeout`; Set does not wait at all.
//   What comes back was stored here under this key: values carry their length
//   and a SHA-256 over key and value, and anything else is a miss.
class RedisCache final : public Cache {
 public:
  struct Options {
    // redis://[:password@]host[:port][/db] or unix:///path[?db=n]
    std::string url;
    std::chrono::milliseconds timeout{50};
    // After this many calls in a row without an answer the breaker opens.
    int faults_to_open = 3;
    // Between two attempts to connect.
    std::chrono::milliseconds retry_interval{500};
    // Larger values are neither stored nor believed.
    std::size_t max_value_bytes = std::size_t{16} * 1024 * 1024;
    // Requests under way; more are misses.
    int max_pending = 1024;
  };

  // Starts connecting; does not wait for it. Counts in
  // welfare_cache_requests_total{cache="redis"} and sets
  // welfare_cache_connected.
  //
  // Errors: INVALID_ARGUMENT, reason CACHE_URL_INVALID.
  static absl::StatusOr<std::unique_ptr<RedisCache>> Make(
      const Options& options, MetricsRegistry& metrics);
  ~RedisCache() override;

  SharedBytes Get(std::string_view key) override;
  void Set(std::string_view key, SharedBytes value,
           std::chrono::seconds lifetime) override;

  // Whether the server answered lately. For tests and logs.
  bool connected() const;

 private:
  class Loop;
  explicit RedisCache(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

// Whether OpenCache could read `redis_url`; nobody is called.
//
// Errors: INVALID_ARGUMENT, reason CACHE_URL_INVALID.
absl::Status CheckCacheUrl(const std::string& redis_url);

// Opens what --redis-url asks for: a MemoryCache when empty, else a MemoryCache
// in front of a RedisCache.
//
// Errors: INVALID_ARGUMENT, reason CACHE_URL_INVALID.
absl::StatusOr<std::unique_ptr<Cache>> OpenCache(const std::string& redis_url,
                                                 MetricsRegistry& metrics);

}  // namespace welfare::platform
