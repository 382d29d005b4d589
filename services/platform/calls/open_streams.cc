#include "services/platform/calls/open_streams.h"

#include <grpc/grpc.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/errors.h"

namespace welfare::platform {

struct OpenStreams::State {
  explicit State(const Options& options_in) : options(options_in) {}

  const Options options;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::set<Place*> places;
  int counted = 0;
  std::jthread watcher;

  // The calls of those that nobody has read for too long, each with a reference
  // of its own: a stream may end at any time. Called with the lock.
  std::vector<grpc_call*> TakeStalled() {
    const auto since = (std::chrono::steady_clock::now() - options.stall_limit)
                           .time_since_epoch()
                           .count();
    std::vector<grpc_call*> calls;
    for (Place* place : places) {
      const auto begun = place->since_.load(std::memory_order_relaxed);
      if (begun == 0 || begun > since || place->stalled_.exchange(true)) {
        continue;
      }
      grpc_call_ref(place->call_);
      calls.push_back(place->call_);
    }
    return calls;
  }

  void Watch(const std::stop_token& stop) {
    const std::string message(
        base::MessageOf(StreamStalled(options.stall_limit)));
    const auto interval =
        std::clamp(options.stall_limit / 4, std::chrono::milliseconds(5),
                   std::chrono::milliseconds(5000));
    std::unique_lock lock(mutex);
    while (changed.wait(lock, stop, [this] { return !places.empty(); })) {
      changed.wait_for(lock, stop, interval, [] { return false; });
      if (stop.stop_requested()) return;
      const std::vector<grpc_call*> calls = TakeStalled();
      if (calls.empty()) continue;
      lock.unlock();
      // Outside the lock: what ends a stream may run here and now. Finish alone
      // would wait behind the message that nobody takes; this goes past it, but
      // has no room for details.
      for (grpc_call* call : calls) {
        grpc_call_cancel_with_status(call, GRPC_STATUS_ABORTED, message.c_str(),
                                     nullptr);
        grpc_call_unref(call);
      }
      lock.lock();
    }
  }
};

OpenStreams::Place::~Place() {
  const std::lock_guard lock(streams_.state_->mutex);
  streams_.state_->places.erase(this);
  if (counts_) --streams_.state_->counted;
}

absl::Status OpenStreams::Place::HowItEnded(absl::Status status) const {
  if (!stalled_.load()) return status;
  return StreamStalled(streams_.state_->options.stall_limit);
}

OpenStreams::OpenStreams(const Options& options)
    : state_(std::make_unique<State>(options)) {}

OpenStreams::~OpenStreams() = default;

absl::StatusOr<std::unique_ptr<OpenStreams::Place>> OpenStreams::Enter(
    grpc::CallbackServerContext& context, bool counts) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (counts && state.counted >= state.options.limit) {
    return TooManyStreams(state.options.limit);
  }
  if (counts) ++state.counted;
  auto place =
      std::unique_ptr<Place>(new Place(*this, context.c_call(), counts));
  state.places.insert(place.get());
  if (!state.watcher.joinable()) {
    state.watcher = std::jthread(
        [&state](const std::stop_token& stop) { state.Watch(stop); });
  }
  state.changed.notify_all();
  return place;
}

}  // namespace welfare::platform
