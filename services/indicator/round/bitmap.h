// A set of respondents of a round, one bit per row of its frame.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace welfare::indicator {

// Invariant: bits beyond size() are zero, so counts need no mask.
class Bitmap {
 public:
  Bitmap() = default;
  explicit Bitmap(std::size_t size)
      : size_(size), words_((size + kBits - 1) / kBits) {}

  std::size_t size() const { return size_; }

  // REQUIRES: row < size().
  void Set(std::size_t row) {
    words_[row / kBits] |= std::uint64_t{1} << (row % kBits);
  }
  // REQUIRES: row < size().
  bool Test(std::size_t row) const {
    return ((words_[row / kBits] >> (row % kBits)) & 1U) != 0;
  }

  int Count() const {
    int count = 0;
    for (const std::uint64_t word : words_) count += std::popcount(word);
    return count;
  }

  // Returns how many rows are in both. REQUIRES: equal sizes, as below.
  static int CountBoth(const Bitmap& a, const Bitmap& b) {
    int count = 0;
    for (std::size_t i = 0; i < a.words_.size(); ++i) {
      count += std::popcount(a.words_[i] & b.words_[i]);
    }
    return count;
  }

  // Returns whether every row of this set is in `other`.
  bool IsSubsetOf(const Bitmap& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((words_[i] & ~other.words_[i]) != 0) return false;
    }
    return true;
  }

  Bitmap& operator&=(const Bitmap& other) {
    for (std::size_t i = 0; i < words_.size(); ++i)
      words_[i] &= other.words_[i];
    return *this;
  }
  Bitmap& operator|=(const Bitmap& other) {
    for (std::size_t i = 0; i < words_.size(); ++i)
      words_[i] |= other.words_[i];
    return *this;
  }
  // Takes the rows of `other` out.
  Bitmap& operator-=(const Bitmap& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      words_[i] &= ~other.words_[i];
    }
    return *this;
  }
  friend Bitmap operator&(Bitmap a, const Bitmap& b) { return a &= b; }
  friend Bitmap operator|(Bitmap a, const Bitmap& b) { return a |= b; }
  friend Bitmap operator-(Bitmap a, const Bitmap& b) { return a -= b; }
  friend bool operator==(const Bitmap&, const Bitmap&) = default;

 private:
  static constexpr std::size_t kBits = 64;

  std::size_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace welfare::indicator
