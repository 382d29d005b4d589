// Tokens that were verified before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/base/time/clock.h"

namespace welfare::access {

// The SHA-256 of a token: what is kept in the place of the token itself, so
// that whoever reads our memory finds nothing to call with.
using TokenDigest = std::array<char, 32>;
TokenDigest DigestOf(std::string_view token);

// What services are told of the bearers of tokens (ToMetadata), by the digests
// of those: written once, sent with each call. Any thread; threads that look
// for different tokens seldom meet.
//
// Invariants: never holds more than its bytes, by an estimate of what each
// bearer takes; the longest unused go first. Refused tokens are not kept: their
// number is without bound. Each thread holds some of what it found last besides
// (kNear): to look in what all share writes to it, which costs more than the
// digest where two threads serve the same caller.
class TokenCache {
 public:
  explicit TokenCache(std::size_t max_bytes);
  TokenCache(const TokenCache&) = delete;
  TokenCache& operator=(const TokenCache&) = delete;
  ~TokenCache();

  // What was kept for a token, if it is good at `now`. `generation` counts the
  // sets of keys and rules that tokens were verified by: what another one
  // verified does not count.
  std::optional<std::string> Find(const TokenDigest& digest,
                                  std::uint64_t generation,
                                  base::Timestamp now);

  // Keeps what verified by `generation`, read before the keys were. A token is
  // good until before `expires`.
  void Keep(const TokenDigest& digest, std::uint64_t generation,
            base::Timestamp expires, std::string metadata);

  std::size_t size() const;
  std::size_t bytes() const;

 private:
  struct Shard;
  struct Near;
  static constexpr std::size_t kShards = 16;

  Shard& ShardOf(const TokenDigest& digest) const;
  // The place in which the calling thread holds this token, or another.
  static Near& NearOf(const TokenDigest& digest);

  const std::uint64_t id_;  // no other cache of the process has it
  std::unique_ptr<std::array<Shard, kShards>> shards_;
};

}  // namespace welfare::access
