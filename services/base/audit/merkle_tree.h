// The tree of RFC 6962 over an append-only list, kept so that the root of any
// beginning and any proof cost as many hashes as the tree is high.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/audit/merkle_proof.h"

namespace welfare::base {

// Keeps the hash of every complete subtree: 64 bytes a leaf. Not thread-safe.
class MerkleTree {
 public:
  // REQUIRES: `leaf_hash` has 32 bytes.
  void Append(std::string_view leaf_hash);

  std::int64_t size() const;

  // REQUIRES: 0 <= index < size().
  std::string Leaf(std::int64_t index) const;

  // The tree hash of the first `size` leaves.
  // REQUIRES: 0 <= size <= size().
  std::string Root(std::int64_t size) const;

  // The hashes that lead from leaf `index` to the root of the first `size`
  // leaves (section 2.1.1), lowest first.
  // REQUIRES: 0 <= index < size <= size().
  std::vector<std::string> ProveInclusion(std::int64_t index,
                                          std::int64_t size) const;

  // The hashes that show that the first `size` leaves begin with the first
  // `old_size` (section 2.1.2); none where one of both is all or nothing of
  // the other.
  // REQUIRES: 0 <= old_size <= size <= size().
  std::vector<std::string> ProveConsistency(std::int64_t old_size,
                                            std::int64_t size) const;

 private:
  using Hash = std::array<char, kMerkleHashSize>;

  // The tree hash of the leaves from `begin` up to, not with, `end`, which are
  // a subtree of the whole.
  std::string HashOf(std::uint64_t begin, std::uint64_t end) const;

  // levels_[l][i]: of the leaves from i * 2^l up to (i + 1) * 2^l.
  std::vector<std::deque<Hash>> levels_;
};

}  // namespace welfare::base
