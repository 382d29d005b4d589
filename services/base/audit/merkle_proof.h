// Proofs of RFC 6962 section 2.1, as those check them who keep a root outside:
// pure functions of a few hashes, with no log at hand. A hash is 32 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::base {

inline constexpr std::size_t kMerkleHashSize = 32;

// SHA-256(0x00 || data): what the tree holds of one record. Stored as hashes;
// do not change.
std::string MerkleLeafHash(std::string_view data);
// SHA-256(0x01 || left || right).
std::string MerkleNodeHash(std::string_view left, std::string_view right);
// The root of no leaves: SHA-256 of nothing.
std::string EmptyMerkleRoot();

// Whether `proof` (MerkleTree::ProveInclusion) shows that leaf `index` of the
// tree of `size` leaves with this `root` is `leaf_hash`.
bool VerifyInclusion(std::string_view leaf_hash, std::int64_t index,
                     std::int64_t size, const std::vector<std::string>& proof,
                     std::string_view root);

// Whether `proof` (MerkleTree::ProveConsistency) shows that the tree of `size`
// leaves begins with the tree of `old_size` leaves, so that between them
// leaves were appended and nothing else was done. Every tree begins with the
// empty one, without a proof.
bool VerifyConsistency(std::int64_t old_size, std::string_view old_root,
                       std::int64_t size, std::string_view root,
                       const std::vector<std::string>& proof);

}  // namespace welfare::base
