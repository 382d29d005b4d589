// A hit of MemoryCache against a hit of the barest LRU: one list, one map, one
// mutex, no expiry, no counters. Values of 1 KiB, 1000 keys, as measured for
// the design.
#include <benchmark/benchmark.h>

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/platform/cache/memory_cache.h"

namespace welfare::bench {
namespace {

constexpr int kKeys = 1000;

class BareLru {
 public:
  std::optional<std::string> Get(std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  void Set(std::string key, std::string value) {
    const std::lock_guard lock(mutex_);
    entries_.emplace_front(std::move(key), std::move(value));
    index_.emplace(entries_.front().first, entries_.begin());
  }

 private:
  using Entries = std::list<std::pair<std::string, std::string>>;
  std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> index_;
};

std::vector<std::string> Keys() {
  std::vector<std::string> keys;
  for (int i = 0; i < kKeys; ++i) {
    keys.push_back("registry/municipality/12/municipalities/" +
                   std::to_string(100000 + i));
  }
  return keys;
}

void HitBareLru(benchmark::State& state) {
  static BareLru& cache = *new BareLru;
  static const std::vector<std::string>& keys = [] {
    auto* made = new std::vector<std::string>(Keys());
    for (const std::string& key : *made) {
      cache.Set(key, std::string(1024, 'x'));
    }
    return std::ref(*made);
  }();
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(cache.Get(keys[next]));
    next = (next + 7) % keys.size();
  }
}

void HitMemoryCache(benchmark::State& state) {
  static platform::MetricsRegistry& metrics = *new platform::MetricsRegistry;
  static platform::MemoryCache& cache = *new platform::MemoryCache({}, metrics);
  static const std::vector<std::string>& keys = [] {
    auto* made = new std::vector<std::string>(Keys());
    for (const std::string& key : *made) {
      cache.Set(key, platform::Share(std::string(1024, 'x')),
                std::chrono::hours(1));
    }
    return std::ref(*made);
  }();
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(cache.Get(keys[next]));
    next = (next + 7) % keys.size();
  }
}

BENCHMARK(HitBareLru)->Threads(1)->Threads(2);
BENCHMARK(HitMemoryCache)->Threads(1)->Threads(2);

}  // namespace
}  // namespace welfare::bench

BENCHMARK_MAIN();
