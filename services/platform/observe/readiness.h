#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace welfare::platform {

// What the parts of a process last said about themselves: whether each can do
// its work. Kept apart from the asking, so that whoever answers /readyz never
// waits for a database. Any thread may call it.
class Readiness {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `now` is for tests.
  explicit Readiness(
      std::function<Time()> now = &std::chrono::steady_clock::now);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // The process is not ready until `part` has reported OK.
  void Expect(std::string_view part);

  // What `part` found out now. With `good_for`, whoever does not report again
  // for so long counts as not ready: the question itself hangs.
  void Report(std::string_view part, const absl::Status& status,
              std::chrono::milliseconds good_for = kForEver);

  // Not ready from now on: the process ends.
  void Drain();

  struct Answer {
    bool ready = false;
    // A few lines that name what is not; "ready\n" when all is.
    std::string text;
  };
  Answer Look() const;
  // Which of the parts can do their work; while the process drains, none.
  std::map<std::string, bool> Parts() const;

  static constexpr std::chrono::milliseconds kForEver =
      std::chrono::milliseconds::max();

 private:
  struct Part {
    std::string missing = "has not started";  // empty: ready
    std::chrono::milliseconds good_for = kForEver;
    Time reported;
    bool late(Time now) const {
      return good_for != kForEver && now - reported > good_for;
    }
  };

  const std::function<Time()> now_;
  mutable std::mutex mutex_;
  std::map<std::string, Part, std::less<>> parts_;
  bool draining_ = false;
};

// One part's answers with hysteresis: a blip does not take a replica, or all of
// them at once, out of service, and one whose database comes and goes stays
// out. Of one thread.
class SteadyAnswer {
 public:
  // So many answers in a row, a second apart, change what is believed.
  static constexpr int kToFail = 3;
  static constexpr int kToRecover = 2;

  // Returns what to believe after `now` was answered. The first answer is
  // believed as it is.
  absl::Status Judge(const absl::Status& now);

 private:
  bool first_ = true;
  absl::Status believed_;
  int against_ = 0;  // answers in a row that say otherwise
};

}  // namespace welfare::platform
