// The one way to wait for a version: whoever waits holds no thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/call_limits.h"

namespace welfare::platform {

// The current versions of what a service owns, and those who wait for newer
// ones: watchers, reads with a `min_version`, streams that follow. A wait is an
// entry in a list; one thread of the feed wakes whom a change concerns, another
// reads the versions anew every second, so that an announcement that was lost
// is made good by itself. Any thread may call it.
//
// Invariants:
//   Versions only rise, as long as they are of one store.
//   Every accepted Park calls its `wake` exactly once, at the latest after
//   Stop.
class VersionFeed {
 public:
  // By resource name: `surveys/jusou/rounds/2025`.
  using Versions = std::map<std::string, std::int64_t, std::less<>>;
  using VersionsPtr = std::shared_ptr<const Versions>;

  // What is current now, complete. May block until `stop`; runs on a thread of
  // the feed.
  using Look = std::function<absl::StatusOr<Versions>(std::stop_token stop)>;
  // Whether the wait is over. Runs under the feed's lock: it only looks.
  using Until = std::function<bool(const Versions&)>;
  // The end of a wait: OK (`until` holds), DEADLINE_EXCEEDED or CANCELLED (the
  // limits), UNAVAILABLE, reason SHUTTING_DOWN, or what Fail was given. Runs on
  // a thread of the feed and must not block.
  using Wake = std::function<void(const absl::Status& end)>;

  // Calls that end by themselves within seconds, and streams that last, have
  // seats of their own.
  enum class Kind { kRead, kStream };

  struct Options {
    int reads = 2048;
    int streams = 2048;
    std::chrono::milliseconds look_interval{1000};
  };

  // The place of one who waits among those who may; given back by destruction,
  // which may come after the feed's.
  class Seat {
   public:
    Seat() = default;
    Seat(Seat&&) = default;
    Seat& operator=(Seat&&) = default;

   private:
    friend class VersionFeed;
    std::shared_ptr<void> taken_;
  };

  // Begins to look when Start is called.
  VersionFeed();
  explicit VersionFeed(const Options& options);
  // Stops as Stop does.
  ~VersionFeed();
  VersionFeed(const VersionFeed&) = delete;
  VersionFeed& operator=(const VersionFeed&) = delete;

  // Calls `look` every look_interval, and after LookSoon, until Stop. Without
  // it the feed knows what is published and nothing else. Call once.
  void Start(Look look);
  // Has the versions read at once, by the feed's own thread.
  void LookSoon();

  // Notes that `resource` is at `version`; an older one is ignored.
  void Publish(std::string_view resource, std::int64_t version);
  // The same for all of `versions`, which may be none.
  void Publish(const Versions& versions);
  // Names the store that versions are of (incarnation.h), before the first of
  // them. Another one than before makes it forget those.
  void SetIncarnation(std::string_view incarnation);
  // The last one named; empty: none was.
  std::string incarnation() const;
  // Forgets every version, because they cannot be learned any more, and ends
  // every wait under way with `status`.
  void Lose(const absl::Status& status);

  // What is known now; null before the first Publish and after Lose.
  VersionsPtr Current() const;
  // The version of `resource`; 0 when none is known.
  std::int64_t VersionOf(std::string_view resource) const;
  // How many wait now.
  int waiting() const;

  // Errors:
  //   RESOURCE_EXHAUSTED, reason TOO_MANY_WAITING: every seat is taken.
  //   UNAVAILABLE, reason SHUTTING_DOWN: after Stop.
  absl::StatusOr<Seat> TakeSeat(Kind kind);

  // Has `wake` called when `until` holds (at once where it does) or the wait
  // ends otherwise. The caller keeps its seat until then. After Stop `wake` is
  // called before Park returns.
  void Park(const base::CallLimits& limits, Until until, Wake wake);

  // Wakes everybody with SHUTTING_DOWN, refuses whoever comes, and ends the
  // threads: when it returns no wake runs. Not to be called by a wake.
  void Stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace welfare::platform
