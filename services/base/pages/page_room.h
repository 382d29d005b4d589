// How far a page of a List method is filled.
#pragma once

#include <cstddef>

namespace welfare::base {

// What still goes on a page: as many elements as were asked for, and no more
// bytes than make a message that every client takes (4 MiB), in JSON too, whose
// names and escapes double it. One element always goes on, so that every page
// leads to the next; its own length is bounded where it is stored.
class PageRoom {
 public:
  explicit PageRoom(int elements) : left_(elements) {}

  bool full() const { return full_; }
  // Elements that still go on, as far as their number decides.
  int left() const { return left_; }

  // Whether an element of `bytes` bytes goes on the page; after the first that
  // does not, none does.
  bool Take(std::size_t bytes) {
    constexpr std::size_t kMostBytes = std::size_t{3} << 19;  // 1.5 MiB
    full_ = full_ || left_ == 0 || (bytes_ > 0 && bytes_ + bytes > kMostBytes);
    if (full_) return false;
    --left_;
    // An element without bytes is one all the same.
    bytes_ += bytes + 1;
    return true;
  }

 private:
  int left_;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace welfare::base
