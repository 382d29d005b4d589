#include "services/platform/cache/memory_cache.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace welfare::platform {
namespace {

// What an entry costs beside its bytes: list and map nodes.
constexpr std::size_t kOverhead = 128;
constexpr char kName[] = "welfare_cache_requests_total";
constexpr char kHelp[] = "Cache look-ups and stores by result.";

struct Entry {
  std::string key;
  SharedBytes value;
  std::chrono::steady_clock::time_point expiry;

  std::size_t size() const { return key.size() + value->size() + kOverhead; }
};

}  // namespace

struct MemoryCache::Shard {
  std::mutex mutex;
  std::list<Entry> entries;  // most recently used first
  // Keys point into entries.
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index;
  std::size_t bytes = 0;

  void Erase(std::list<Entry>::iterator entry) {
    bytes -= entry->size();
    index.erase(entry->key);
    entries.erase(entry);
  }
};

struct MemoryCache::State {
  Options options;
  std::vector<std::unique_ptr<Shard>> shards;
  Counter& hits;
  Counter& misses;
};

MemoryCache::MemoryCache(const Options& options, MetricsRegistry& metrics)
    : state_(new State{
          .options = options,
          .shards = {},
          .hits = metrics.AddCounter(kName, kHelp,
                                     {{"cache", "memory"}, {"result", "hit"}}),
          .misses = metrics.AddCounter(
              kName, kHelp, {{"cache", "memory"}, {"result", "miss"}})}) {
  for (int i = 0; i < std::max(1, options.shards); ++i) {
    state_->shards.push_back(std::make_unique<Shard>());
  }
}

MemoryCache::~MemoryCache() = default;

MemoryCache::Shard& MemoryCache::ShardOf(std::string_view key) {
  return *state_->shards[std::hash<std::string_view>{}(key) %
                         state_->shards.size()];
}

SharedBytes MemoryCache::Get(std::string_view key) {
  const auto now = state_->options.now();
  Shard& shard = ShardOf(key);
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found != shard.index.end()) {
      if (found->second->expiry > now) {
        shard.entries.splice(shard.entries.begin(), shard.entries,
                             found->second);
        SharedBytes value = found->second->value;
        state_->hits.Increment();
        return value;
      }
      shard.Erase(found->second);
    }
  }
  state_->misses.Increment();
  return nullptr;
}

void MemoryCache::Set(std::string_view key, SharedBytes value,
                      std::chrono::seconds lifetime) {
  const auto now = state_->options.now();
  Entry entry{.key = std::string(key),
              .value = std::move(value),
              .expiry = now + lifetime};
  const std::size_t capacity =
      state_->options.capacity_bytes / state_->shards.size();
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.index.find(key); found != shard.index.end()) {
    shard.Erase(found->second);
  }
  if (lifetime.count() <= 0 || entry.size() > capacity) return;
  while (shard.bytes + entry.size() > capacity) {
    shard.Erase(std::prev(shard.entries.end()));
  }
  shard.bytes += entry.size();
  shard.entries.push_front(std::move(entry));
  shard.index.emplace(shard.entries.front().key, shard.entries.begin());
}

}  // namespace welfare::platform
