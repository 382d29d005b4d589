#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace welfare::gateway {

// Which streams a caller has left out: opening one closes all before it that
// were never opened (RFC 9113, 5.1.1), and HEADERS there are an error of the
// connection. nghttp2 ignores them, because it does not know whether they were
// on their way when we ended the stream.
class SkippedStreams {
 public:
  // Gaps that are remembered; streams in those before are taken for ended ones.
  static constexpr std::size_t kGaps = 16;

  // Notes HEADERS on stream `id`. False: it was left out.
  bool MayHaveHeaders(std::int32_t id) {
    if (id > last_) {
      if (id > last_ + 2) gaps_.push_back({.begin = last_ + 1, .end = id});
      if (gaps_.size() > kGaps) gaps_.pop_front();
      last_ = id;
      return true;
    }
    return std::none_of(gaps_.begin(), gaps_.end(), [id](const Gap& gap) {
      return gap.begin <= id && id < gap.end;
    });
  }

 private:
  struct Gap {
    std::int32_t begin = 0;
    std::int32_t end = 0;
  };
  std::deque<Gap> gaps_;
  std::int32_t last_ = -1;
};

}  // namespace welfare::gateway
