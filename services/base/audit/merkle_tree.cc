#include "services/base/audit/merkle_tree.h"

#include <algorithm>
#include <bit>

namespace welfare::base {
namespace {

// Where a tree of `size` leaves, more than one, is divided: the largest power
// of two below it.
std::uint64_t SplitOf(std::uint64_t size) { return std::bit_floor(size - 1); }

}  // namespace

void MerkleTree::Append(std::string_view leaf_hash) {
  std::string hash(leaf_hash);
  for (std::size_t level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    std::deque<Hash>& row = levels_[level];
    std::copy_n(hash.begin(), kMerkleHashSize, row.emplace_back().begin());
    if (row.size() % 2 != 0) return;
    const Hash& left = row[row.size() - 2];
    hash = MerkleNodeHash({left.data(), left.size()}, hash);
  }
}

std::int64_t MerkleTree::size() const {
  return levels_.empty() ? 0 : static_cast<std::int64_t>(levels_[0].size());
}

std::string MerkleTree::Leaf(std::int64_t index) const {
  const auto first = static_cast<std::uint64_t>(index);
  return HashOf(first, first + 1);
}

std::string MerkleTree::Root(std::int64_t size) const {
  if (size == 0) return EmptyMerkleRoot();
  return HashOf(0, static_cast<std::uint64_t>(size));
}

std::vector<std::string> MerkleTree::ProveInclusion(std::int64_t index,
                                                    std::int64_t size) const {
  const auto leaf = static_cast<std::uint64_t>(index);
  std::uint64_t begin = 0;
  auto end = static_cast<std::uint64_t>(size);
  std::vector<std::string> proof;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + SplitOf(end - begin);
    if (leaf < middle) {
      proof.push_back(HashOf(middle, end));
      end = middle;
    } else {
      proof.push_back(HashOf(begin, middle));
      begin = middle;
    }
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

std::vector<std::string> MerkleTree::ProveConsistency(std::int64_t old_size,
                                                      std::int64_t size) const {
  if (old_size == 0 || old_size == size) return {};
  const auto old_end = static_cast<std::uint64_t>(old_size);
  std::uint64_t begin = 0;
  auto end = static_cast<std::uint64_t>(size);
  std::vector<std::string> proof;
  while (end != old_end) {
    const std::uint64_t middle = begin + SplitOf(end - begin);
    if (old_end <= middle) {
      proof.push_back(HashOf(middle, end));
      end = middle;
    } else {
      proof.push_back(HashOf(begin, middle));
      begin = middle;
    }
  }
  // What remains is the end of the old tree; whoever has its root knows it
  // where it is all of it.
  if (begin != 0) proof.push_back(HashOf(begin, end));
  std::reverse(proof.begin(), proof.end());
  return proof;
}

std::string MerkleTree::HashOf(std::uint64_t begin, std::uint64_t end) const {
  const std::uint64_t size = end - begin;
  if (std::has_single_bit(size)) {
    const auto level = static_cast<std::size_t>(std::countr_zero(size));
    const Hash& hash = levels_[level][begin >> level];
    return {hash.data(), hash.size()};
  }
  const std::uint64_t middle = begin + SplitOf(size);
  return MerkleNodeHash(HashOf(begin, middle), HashOf(middle, end));
}

}  // namespace welfare::base
