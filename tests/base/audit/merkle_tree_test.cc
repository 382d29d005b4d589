#include "services/base/audit/merkle_tree.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "services/base/coding/sha256.h"

namespace welfare::base {
namespace {

using Hashes = std::vector<std::string>;

// The tree as RFC 6962 section 2.1 defines it, word for word and slowly.

std::size_t Split(std::size_t size) {
  std::size_t k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

Hashes Part(const Hashes& leaves, std::size_t begin, std::size_t end) {
  return {leaves.begin() + static_cast<std::ptrdiff_t>(begin),
          leaves.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::string SlowRoot(const Hashes& leaves) {
  if (leaves.empty()) return Sha256Bytes("");
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = Split(leaves.size());
  return Sha256Bytes("\x01" + SlowRoot(Part(leaves, 0, k)) +
                     SlowRoot(Part(leaves, k, leaves.size())));
}

Hashes SlowPath(std::size_t m, const Hashes& leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = Split(leaves.size());
  const Hashes left = Part(leaves, 0, k);
  const Hashes right = Part(leaves, k, leaves.size());
  Hashes path = m < k ? SlowPath(m, left) : SlowPath(m - k, right);
  path.push_back(SlowRoot(m < k ? right : left));
  return path;
}

Hashes SlowSubproof(std::size_t m, const Hashes& leaves, bool whole) {
  if (m == leaves.size()) return whole ? Hashes{} : Hashes{SlowRoot(leaves)};
  const std::size_t k = Split(leaves.size());
  const Hashes left = Part(leaves, 0, k);
  const Hashes right = Part(leaves, k, leaves.size());
  Hashes proof =
      m <= k ? SlowSubproof(m, left, whole) : SlowSubproof(m - k, right, false);
  proof.push_back(SlowRoot(m <= k ? right : left));
  return proof;
}

constexpr std::size_t kMost = 70;

class MerkleTreeTest : public ::testing::Test {
 protected:
  MerkleTreeTest() {
    for (std::size_t i = 0; i < kMost; ++i) {
      leaves_.push_back(MerkleLeafHash("leaf " + std::to_string(i)));
      tree_.Append(leaves_.back());
    }
  }
  Hashes First(std::size_t size) const { return Part(leaves_, 0, size); }
  static std::int64_t Signed(std::size_t n) {
    return static_cast<std::int64_t>(n);
  }

  Hashes leaves_;
  MerkleTree tree_;
};

// The roots that implementations of RFC 6962 agree on for their test leaves.
TEST(MerkleTree, AgreesWithKnownRoots) {
  const Hashes inputs = {"",
                         std::string("\x00", 1),
                         "\x10",
                         "\x20\x21",
                         "\x30\x31",
                         "\x40\x41\x42\x43",
                         "\x50\x51\x52\x53\x54\x55\x56\x57",
                         "\x60\x61\x62\x63\x64\x65\x66\x67"
                         "\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
  const Hashes roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  MerkleTree tree;
  for (std::size_t n = 0; n <= inputs.size(); ++n) {
    const auto size = static_cast<std::int64_t>(n);
    ASSERT_EQ(tree.size(), size);
    EXPECT_EQ(HexEncode(tree.Root(size)), roots[n]) << n;
    if (n < inputs.size()) tree.Append(MerkleLeafHash(inputs[n]));
  }
  // What the tree was it can always say.
  for (std::size_t n = 0; n <= inputs.size(); ++n) {
    EXPECT_EQ(HexEncode(tree.Root(static_cast<std::int64_t>(n))), roots[n]);
  }
}

TEST_F(MerkleTreeTest, RootsOfAllBeginningsAreThoseOfTheDefinition) {
  for (std::size_t size = 0; size <= kMost; ++size) {
    EXPECT_EQ(tree_.Root(Signed(size)), SlowRoot(First(size))) << size;
  }
}

TEST_F(MerkleTreeTest, InclusionProofsAreThoseOfTheDefinitionAndVerify) {
  for (std::size_t size = 1; size <= kMost; ++size) {
    const Hashes leaves = First(size);
    const std::string root = tree_.Root(Signed(size));
    for (std::size_t i = 0; i < size; ++i) {
      const Hashes proof = tree_.ProveInclusion(Signed(i), Signed(size));
      ASSERT_EQ(proof, SlowPath(i, leaves)) << i << " of " << size;
      ASSERT_TRUE(
          VerifyInclusion(leaves[i], Signed(i), Signed(size), proof, root))
          << i << " of " << size;
    }
  }
}

TEST_F(MerkleTreeTest, AnInclusionProofProvesNothingElse) {
  for (std::size_t size = 1; size <= 20; ++size) {
    const std::string root = tree_.Root(Signed(size));
    for (std::size_t i = 0; i < size; ++i) {
      const Hashes proof = tree_.ProveInclusion(Signed(i), Signed(size));
      for (std::size_t other = 0; other < size; ++other) {
        if (other == i) continue;
        EXPECT_FALSE(VerifyInclusion(leaves_[i], Signed(other), Signed(size),
                                     proof, root));
        EXPECT_FALSE(VerifyInclusion(leaves_[other], Signed(i), Signed(size),
                                     proof, root));
      }
      for (std::size_t j = 0; j < proof.size(); ++j) {
        Hashes broken = proof;
        broken[j][0] = static_cast<char>(broken[j][0] ^ 1);
        EXPECT_FALSE(
            VerifyInclusion(leaves_[i], Signed(i), Signed(size), broken, root));
        broken[j].pop_back();
        EXPECT_FALSE(
            VerifyInclusion(leaves_[i], Signed(i), Signed(size), broken, root));
      }
      Hashes longer = proof;
      longer.push_back(leaves_[0]);
      EXPECT_FALSE(
          VerifyInclusion(leaves_[i], Signed(i), Signed(size), longer, root));
      EXPECT_FALSE(VerifyInclusion(leaves_[i], Signed(i), Signed(size), proof,
                                   tree_.Root(Signed(size) - 1)));
    }
    EXPECT_FALSE(VerifyInclusion(leaves_[0], -1, Signed(size), {}, root));
    EXPECT_FALSE(
        VerifyInclusion(leaves_[0], Signed(size), Signed(size), {}, root));
  }
}

TEST_F(MerkleTreeTest, ConsistencyProofsAreThoseOfTheDefinitionAndVerify) {
  for (std::size_t size = 0; size <= kMost; ++size) {
    const Hashes leaves = First(size);
    const std::string root = tree_.Root(Signed(size));
    for (std::size_t old = 0; old <= size; ++old) {
      const Hashes proof = tree_.ProveConsistency(Signed(old), Signed(size));
      if (old > 0) {
        ASSERT_EQ(proof, SlowSubproof(old, leaves, true))
            << old << " in " << size;
      }
      ASSERT_TRUE(VerifyConsistency(Signed(old), tree_.Root(Signed(old)),
                                    Signed(size), root, proof))
          << old << " in " << size;
    }
  }
}

TEST_F(MerkleTreeTest, AConsistencyProofProvesNothingElse) {
  for (std::size_t size = 1; size <= 20; ++size) {
    const std::string root = tree_.Root(Signed(size));
    for (std::size_t old = 0; old <= size; ++old) {
      const std::string old_root = tree_.Root(Signed(old));
      const Hashes proof = tree_.ProveConsistency(Signed(old), Signed(size));
      for (std::size_t other = 0; other <= size; ++other) {
        if (other == old) continue;
        EXPECT_FALSE(VerifyConsistency(Signed(other), old_root, Signed(size),
                                       root, proof))
            << old << " as " << other << " in " << size;
      }
      for (std::size_t j = 0; j < proof.size(); ++j) {
        Hashes broken = proof;
        broken[j][5] = static_cast<char>(broken[j][5] ^ 1);
        EXPECT_FALSE(VerifyConsistency(Signed(old), old_root, Signed(size),
                                       root, broken));
      }
      Hashes longer = proof;
      longer.push_back(leaves_[0]);
      EXPECT_FALSE(
          VerifyConsistency(Signed(old), old_root, Signed(size), root, longer));
      EXPECT_FALSE(VerifyConsistency(Signed(old), leaves_[kMost - 1],
                                     Signed(size), root, proof));
      if (old > 0) {
        EXPECT_FALSE(VerifyConsistency(Signed(old), old_root, Signed(size),
                                       leaves_[kMost - 1], proof));
      }
    }
    EXPECT_FALSE(
        VerifyConsistency(Signed(size) + 1, root, Signed(size), root, {}));
    EXPECT_FALSE(VerifyConsistency(-1, root, Signed(size), root, {}));
  }
}

}  // namespace
}  // namespace welfare::base
