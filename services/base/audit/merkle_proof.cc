#include "services/base/audit/merkle_proof.h"

#include <bit>

#include "services/base/coding/sha256.h"

namespace welfare::base {
namespace {

// The way from a node up to the root of a tree: the number of the node and of
// the last one, level by level (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
class Climb {
 public:
  Climb(std::int64_t node, std::int64_t last)
      : node_(static_cast<std::uint64_t>(node)),
        last_(static_cast<std::uint64_t>(last)) {}

  // Goes up past the levels where the node is the right child of its parent.
  void SkipRightChildren() {
    while ((node_ & 1) != 0) Rise();
  }
  // Whether the next hash of a proof stands left of the node.
  bool LeftIsNext() const { return (node_ & 1) != 0 || node_ == last_; }
  // To where the hash on the left belonged: up past the levels that have no
  // node on the right.
  void RiseFromRight() {
    while ((node_ & 1) == 0 && node_ != 0) Rise();
    Rise();
  }
  void Rise() {
    node_ >>= 1;
    last_ >>= 1;
  }
  bool AtRoot() const { return last_ == 0; }

 private:
  std::uint64_t node_;
  std::uint64_t last_;
};

bool AreHashes(const std::vector<std::string>& proof) {
  for (const std::string& hash : proof) {
    if (hash.size() != kMerkleHashSize) return false;
  }
  return true;
}

}  // namespace

std::string MerkleLeafHash(std::string_view data) {
  Sha256 stream;
  stream.Update(std::string_view("\0", 1));
  stream.Update(data);
  return stream.Finish();
}

std::string MerkleNodeHash(std::string_view left, std::string_view right) {
  Sha256 stream;
  stream.Update(std::string_view("\x01", 1));
  stream.Update(left);
  stream.Update(right);
  return stream.Finish();
}

std::string EmptyMerkleRoot() { return Sha256Bytes(""); }

bool VerifyInclusion(std::string_view leaf_hash, std::int64_t index,
                     std::int64_t size, const std::vector<std::string>& proof,
                     std::string_view root) {
  if (index < 0 || index >= size || leaf_hash.size() != kMerkleHashSize ||
      !AreHashes(proof)) {
    return false;
  }
  Climb climb(index, size - 1);
  std::string hash(leaf_hash);
  for (const std::string& sibling : proof) {
    if (climb.AtRoot()) return false;
    if (climb.LeftIsNext()) {
      hash = MerkleNodeHash(sibling, hash);
      climb.RiseFromRight();
    } else {
      hash = MerkleNodeHash(hash, sibling);
      climb.Rise();
    }
  }
  return climb.AtRoot() && hash == root;
}

bool VerifyConsistency(std::int64_t old_size, std::string_view old_root,
                       std::int64_t size, std::string_view root,
                       const std::vector<std::string>& proof) {
  if (old_size < 0 || old_size > size || !AreHashes(proof)) return false;
  if (old_size == 0) return proof.empty() && old_root == EmptyMerkleRoot();
  if (old_size == size) return proof.empty() && old_root == root;
  // A whole old tree is a node of the new one, and then no part of the proof.
  const bool whole = std::has_single_bit(static_cast<std::uint64_t>(old_size));
  if (proof.empty()) return false;
  Climb climb(old_size - 1, size - 1);
  climb.SkipRightChildren();
  std::string old_hash = whole ? std::string(old_root) : proof.front();
  std::string new_hash = old_hash;
  for (std::size_t i = whole ? 0 : 1; i < proof.size(); ++i) {
    if (climb.AtRoot()) return false;
    if (climb.LeftIsNext()) {
      old_hash = MerkleNodeHash(proof[i], old_hash);
      new_hash = MerkleNodeHash(proof[i], new_hash);
      climb.RiseFromRight();
    } else {
      new_hash = MerkleNodeHash(new_hash, proof[i]);
      climb.Rise();
    }
  }
  return climb.AtRoot() && old_hash == old_root && new_hash == root;
}

}  // namespace welfare::base
