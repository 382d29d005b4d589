#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace welfare::gateway {

// How many calls a service is given at a time: more as long as it answers at
// once, fewer when most of its answers take too long (additive increase,
// multiplicative decrease). Between the two it has enough: what it is given on
// top of that waits there, where it costs more than here. What too long is
// depends on the method: more than the target, and more than three times what
// the method takes at best, so that a report that takes a second does not count
// as a service that is slow; with `at_once` likewise.
// Not thread-safe.
class ConcurrencyLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    std::chrono::milliseconds target{250};
    std::chrono::milliseconds at_once{25};
    int first = 256;
    int least = 16;
    int most = 4096;
    // A verdict is found after so long and so many answers.
    std::chrono::milliseconds window{100};
    int answers = 10;
  };

  explicit ConcurrencyLimit(Options options)
      : options_(options), limit_(options.first) {}

  int limit() const { return limit_; }
  // In the last window; 0 before the first has ended.
  double answered_per_second() const { return answered_per_second_; }

  // `in_flight` calls are under way now, the one that begins included.
  void Began(int in_flight);
  // A call of `method`, one of a fixed set, was answered after `took`.
  void Answered(std::string_view method, std::chrono::microseconds took,
                Time now);

 private:
  struct Method {
    std::chrono::duration<double> best;
    Time at;
  };

  // What an answer of `method` took at best before this one, which `took` so
  // long; that where it is the first.
  std::chrono::duration<double> BestOf(std::string_view method,
                                       std::chrono::duration<double> took,
                                       Time now);

  const Options options_;
  int limit_;
  double answered_per_second_ = 0;
  std::map<std::string, Method, std::less<>> methods_;
  // Of the window under way:
  Time began_{};
  int answered_ = 0;
  int slow_ = 0;  // of these
  int at_once_ = 0;
  int peak_ = 0;
};

}  // namespace welfare::gateway
