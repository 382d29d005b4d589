#include "services/access/tokens/token_cache.h"

#include <atomic>
#include <cstring>
#include <iterator>
#include <list>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "services/base/coding/sha256.h"

namespace welfare::access {
namespace {

// What an entry takes besides its text: nodes of list and table, and their
// headers in the allocator.
constexpr std::size_t kEntryBytes = 256;

// Of what a thread has found last. Looked for among all again after so many
// hits, so that what is used is seen to be.
constexpr std::size_t kNear = 64;
constexpr int kNearHits = 64;

// What the allocator takes for a text: it and a header, in steps of 16.
std::size_t AllocatedBytes(const std::string& text) {
  return (text.capacity() + 1 + 8 + 15) / 16 * 16;
}

struct DigestHash {
  // Any eight bytes of a digest are as good a hash as any.
  std::size_t operator()(const TokenDigest& digest) const {
    std::size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof(hash));
    return hash;
  }
};

}  // namespace

struct TokenCache::Shard {
  struct Entry {
    TokenDigest digest;
    std::uint64_t generation;
    base::Timestamp expires;
    std::string metadata;
    std::size_t bytes;
  };
  using Entries = std::list<Entry>;

  void Drop(Entries::iterator entry) {
    bytes -= entry->bytes;
    by_digest.erase(entry->digest);
    entries.erase(entry);
  }

  mutable std::mutex mutex;
  Entries entries;  // the last used first
  std::unordered_map<TokenDigest, Entries::iterator, DigestHash> by_digest;
  std::size_t bytes = 0;
  std::size_t max_bytes = 0;
};

struct TokenCache::Near {
  std::uint64_t cache = 0;  // its id; 0: nothing is held
  TokenDigest digest;
  std::uint64_t generation = 0;
  base::Timestamp expires;
  int hits = 0;
  std::string metadata;
};

TokenDigest DigestOf(std::string_view token) {
  return base::Sha256Digest(token);
}

TokenCache::TokenCache(std::size_t max_bytes)
    : id_([] {
        static std::atomic<std::uint64_t> last = 0;
        return ++last;
      }()),
      shards_(std::make_unique<std::array<Shard, kShards>>()) {
  for (Shard& shard : *shards_) shard.max_bytes = max_bytes / kShards;
}

TokenCache::~TokenCache() = default;

TokenCache::Shard& TokenCache::ShardOf(const TokenDigest& digest) const {
  // Another byte than those of the hash.
  return (*shards_)[static_cast<unsigned char>(digest.back()) % kShards];
}

TokenCache::Near& TokenCache::NearOf(const TokenDigest& digest) {
  thread_local std::array<Near, kNear> held;
  // Another byte than those of the hash and of the shard.
  return held[static_cast<unsigned char>(digest[16]) % kNear];
}

std::optional<std::string> TokenCache::Find(const TokenDigest& digest,
                                            std::uint64_t generation,
                                            base::Timestamp now) {
  Near& near = NearOf(digest);
  if (near.cache == id_ && near.generation == generation &&
      near.hits < kNearHits && now < near.expires && near.digest == digest) {
    ++near.hits;
    return near.metadata;
  }
  Shard& shard = ShardOf(digest);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_digest.find(digest);
  if (found == shard.by_digest.end()) return std::nullopt;
  const auto entry = found->second;
  if (entry->generation != generation) {
    // A call that began before the keys changed finds nothing, and leaves what
    // others have verified since.
    if (entry->generation < generation) shard.Drop(entry);
    return std::nullopt;
  }
  if (now >= entry->expires) {
    shard.Drop(entry);
    return std::nullopt;
  }
  shard.entries.splice(shard.entries.begin(), shard.entries, entry);
  near = {id_, digest, generation, entry->expires, 0, entry->metadata};
  return entry->metadata;
}

void TokenCache::Keep(const TokenDigest& digest, std::uint64_t generation,
                      base::Timestamp expires, std::string metadata) {
  const std::size_t bytes = kEntryBytes + AllocatedBytes(metadata);
  Shard& shard = ShardOf(digest);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.by_digest.find(digest);
      found != shard.by_digest.end()) {
    if (found->second->generation > generation) return;
    shard.Drop(found->second);
  }
  if (bytes > shard.max_bytes) return;
  while (shard.bytes + bytes > shard.max_bytes) {
    shard.Drop(std::prev(shard.entries.end()));
  }
  shard.entries.push_front(
      {digest, generation, expires, std::move(metadata), bytes});
  shard.by_digest.emplace(digest, shard.entries.begin());
  shard.bytes += bytes;
}

std::size_t TokenCache::size() const {
  std::size_t size = 0;
  for (const Shard& shard : *shards_) {
    const std::lock_guard lock(shard.mutex);
    size += shard.entries.size();
  }
  return size;
}

std::size_t TokenCache::bytes() const {
  std::size_t bytes = 0;
  for (const Shard& shard : *shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace welfare::access
