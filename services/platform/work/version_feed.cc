#include "services/platform/work/version_feed.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/errors.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

using TimePoint = base::CallLimits::TimePoint;

struct Waiter {
  base::CallLimits limits;
  VersionFeed::Until until;
  VersionFeed::Wake wake;
  bool ready = false;  // `until` held when it came
  bool called_off = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop;
};

}  // namespace

struct VersionFeed::State {
  explicit State(const Options& options_in) : options(options_in) {}

  const Options options;
  mutable std::mutex mutex;
  std::condition_variable waker_turns;
  std::condition_variable looker_turns;
  VersionsPtr versions;  // null: nothing is known yet
  std::string incarnation;
  std::list<std::shared_ptr<Waiter>> waiters;
  std::array<int, 2> seats{};  // taken, by kind
  std::vector<std::weak_ptr<Waiter>> called_off;
  // What the waker has to do: hold all against new versions, or go through the
  // list because of one of it.
  bool changed = false;
  bool rescan = false;
  TimePoint next = TimePoint::max();  // the first end by a deadline
  bool look_soon = false;
  bool stopped = false;
  Look look;
  std::jthread waker;
  std::jthread looker;

  // Takes those whose wait is over off the list, each with how it ended.
  // Called with the lock.
  std::vector<std::pair<std::shared_ptr<Waiter>, absl::Status>> TakeEnded() {
    std::vector<std::pair<std::shared_ptr<Waiter>, absl::Status>> ended;
    for (const std::weak_ptr<Waiter>& one : std::exchange(called_off, {})) {
      if (const auto waiter = one.lock()) waiter->called_off = true;
    }
    const TimePoint now = std::chrono::steady_clock::now();
    const bool look_at_all = std::exchange(changed, false);
    rescan = false;
    next = TimePoint::max();
    for (auto at = waiters.begin(); at != waiters.end();) {
      Waiter& waiter = **at;
      std::optional<absl::Status> end;
      if (waiter.ready || (look_at_all && Holds(waiter))) {
        end = absl::OkStatus();
      } else if (stopped) {
        end = ShuttingDown();
      } else if (waiter.called_off) {
        end = Cancelled("waiting for a version");
      } else if (waiter.limits.deadline <= now) {
        end = DeadlineExceeded("waiting for a version");
      }
      if (!end.has_value()) {
        next = std::min(next, waiter.limits.deadline);
        ++at;
        continue;
      }
      ended.emplace_back(std::move(*at), *std::move(end));
      at = waiters.erase(at);
    }
    return ended;
  }

  void Wakes() {
    std::unique_lock lock(mutex);
    while (true) {
      auto ended = TakeEnded();
      if (!ended.empty()) {
        lock.unlock();
        // Outside the lock: a wake may park again, and the end of a stop
        // callback waits for one that runs and wants the lock.
        for (auto& [waiter, end] : ended) {
          waiter->on_stop.reset();
          waiter->wake(end);
          waiter.reset();
        }
        lock.lock();
        continue;
      }
      if (stopped) return;
      const auto turn = [this] {
        return changed || rescan || stopped || !called_off.empty();
      };
      if (next == TimePoint::max()) {
        waker_turns.wait(lock, turn);
      } else {
        waker_turns.wait_until(lock, next, turn);
      }
    }
  }

  void Looks(const std::stop_token& stop) {
    bool failing = false;
    std::unique_lock lock(mutex);
    while (!stopped) {
      looker_turns.wait_for(lock, options.look_interval,
                            [this] { return look_soon || stopped; });
      if (stopped) return;
      look_soon = false;
      lock.unlock();
      absl::StatusOr<Versions> seen = look(stop);
      if (!seen.ok() && !failing && !stop.stop_requested()) {
        LogStatus(LogLevel::kWarning, "the current versions cannot be read",
                  seen.status());
      }
      failing = !seen.ok();
      lock.lock();
      if (seen.ok()) Raise(*seen);
    }
  }

  // Called with the lock.
  bool Holds(const Waiter& waiter) const {
    return versions != nullptr && waiter.until(*versions);
  }

  // Called with the lock.
  void Raise(const Versions& seen) {
    std::shared_ptr<Versions> risen;
    if (versions == nullptr) risen = std::make_shared<Versions>();
    for (const auto& [resource, version] : seen) {
      const Versions& now = risen != nullptr ? *risen : *versions;
      const auto known = now.find(resource);
      if (known != now.end() && known->second >= version) continue;
      if (risen == nullptr) risen = std::make_shared<Versions>(*versions);
      (*risen)[resource] = version;
    }
    if (risen == nullptr) return;
    versions = std::move(risen);
    changed = true;
    waker_turns.notify_all();
  }
};

VersionFeed::VersionFeed() : VersionFeed(Options{}) {}

VersionFeed::VersionFeed(const Options& options)
    : state_(std::make_shared<State>(options)) {
  // A module is made before its process waits for signals, and one that came to
  // this thread would end it on the spot.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  state_->waker = std::jthread([state = state_.get()] { state->Wakes(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

VersionFeed::~VersionFeed() { Stop(); }

void VersionFeed::Start(Look look) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopped) return;
  state_->look = std::move(look);
  state_->looker =
      std::jthread([state = state_.get()](const std::stop_token& stop) {
        state->Looks(stop);
      });
}

void VersionFeed::LookSoon() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->look_soon = true;
  }
  state_->looker_turns.notify_all();
}

void VersionFeed::Publish(std::string_view resource, std::int64_t version) {
  const std::lock_guard lock(state_->mutex);
  state_->Raise({{std::string(resource), version}});
}

void VersionFeed::Publish(const Versions& versions) {
  const std::lock_guard lock(state_->mutex);
  state_->Raise(versions);
}

void VersionFeed::SetIncarnation(std::string_view incarnation) {
  const std::lock_guard lock(state_->mutex);
  if (state_->incarnation == incarnation) return;
  state_->incarnation = incarnation;
  state_->versions = nullptr;
}

std::string VersionFeed::incarnation() const {
  const std::lock_guard lock(state_->mutex);
  return state_->incarnation;
}

void VersionFeed::Lose(const absl::Status& status) {
  std::list<std::shared_ptr<Waiter>> ended;
  {
    const std::lock_guard lock(state_->mutex);
    state_->versions = nullptr;
    ended.swap(state_->waiters);
  }
  for (const std::shared_ptr<Waiter>& waiter : ended) {
    waiter->on_stop.reset();
    waiter->wake(status);
  }
}

VersionFeed::VersionsPtr VersionFeed::Current() const {
  const std::lock_guard lock(state_->mutex);
  return state_->versions;
}

std::int64_t VersionFeed::VersionOf(std::string_view resource) const {
  const VersionsPtr versions = Current();
  if (versions == nullptr) return 0;
  const auto found = versions->find(resource);
  return found == versions->end() ? 0 : found->second;
}

int VersionFeed::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->waiters.size());
}

absl::StatusOr<VersionFeed::Seat> VersionFeed::TakeSeat(Kind kind) {
  const bool read = kind == Kind::kRead;
  const int limit = read ? state_->options.reads : state_->options.streams;
  const std::size_t index = read ? 0 : 1;
  const std::lock_guard lock(state_->mutex);
  if (state_->stopped) return ShuttingDown();
  if (state_->seats[index] >= limit) return TooManyWaiting(limit);
  ++state_->seats[index];
  Seat seat;
  // A deleter as the end of the seat: moved and never copied.
  seat.taken_ = std::shared_ptr<void>(
      state_.get(), [state = state_, index](void* /*state*/) {
        const std::lock_guard guard(state->mutex);
        --state->seats[index];
      });
  return seat;
}

void VersionFeed::Park(const base::CallLimits& limits, Until until, Wake wake) {
  const auto waiter = std::make_shared<Waiter>();
  waiter->limits = limits;
  waiter->until = std::move(until);
  waiter->wake = std::move(wake);
  if (limits.stop.stop_possible()) {
    // Weak, since the waiter holds the callback.
    waiter->on_stop.emplace(
        limits.stop,
        [state = state_.get(), weak = std::weak_ptr<Waiter>(waiter)] {
          const std::lock_guard lock(state->mutex);
          state->called_off.push_back(weak);
          state->waker_turns.notify_all();
        });
  }
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->stopped) {
      waiter->ready = state_->Holds(*waiter);
      state_->waiters.push_back(waiter);
      if (waiter->ready || waiter->called_off ||
          limits.deadline < state_->next) {
        state_->rescan = true;
        state_->waker_turns.notify_all();
      }
      return;
    }
  }
  waiter->on_stop.reset();
  waiter->wake(ShuttingDown());
}

void VersionFeed::Stop() {
  std::jthread waker;
  std::jthread looker;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    waker = std::move(state_->waker);
    looker = std::move(state_->looker);
  }
  state_->waker_turns.notify_all();
  state_->looker_turns.notify_all();
  // Both join here; the waker has emptied the list before it ends.
}

}  // namespace welfare::platform
