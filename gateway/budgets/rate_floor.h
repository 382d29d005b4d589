#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace welfare::gateway {

// Whether bytes that a caller must move, of a body it sends or of an answer it
// takes, move fast enough. Only time in which nobody but the caller can go on
// counts. Not thread-safe.
//
// It may use up `grace`, and every byte gives back the time that it may take,
// never to more than the grace. With a grace of 10 s and a floor of 1024 bytes
// a second, who sends nothing has 10 s, whatever came before, who sends 512
// bytes a second has 20 s, and who sends 1024 has for ever.
class RateFloor {
 public:
  struct Options {
    std::chrono::milliseconds grace{10'000};
    std::size_t bytes_per_second = 1024;
  };

  // Notes that the caller had `waited` more, and that `total` bytes have come
  // by now. False: it is too slow. The same options each time.
  bool Wait(const Options& options, std::chrono::milliseconds waited,
            std::uint64_t total) {
    const double moved = static_cast<double>(total - total_);
    total_ = total;
    used_ -= std::chrono::duration<double>(
        moved / static_cast<double>(options.bytes_per_second));
    used_ = std::max(used_, std::chrono::duration<double>(0)) + waited;
    return used_ <= options.grace;
  }

  // Nothing is owed any more: what comes after `total` bytes begins anew.
  void Reset(std::uint64_t total) {
    used_ = {};
    total_ = total;
  }

 private:
  std::chrono::duration<double> used_{0};
  std::uint64_t total_ = 0;
};

}  // namespace welfare::gateway
