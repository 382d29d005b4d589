// The server streams of one module: how many may be open, and the end of those
// that nobody reads.
#pragma once

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace welfare::platform {

// Keeps the list of the streams that are open. One thread, which starts with
// the first of them, looks for those whose reader takes nothing and cancels
// them. Any thread may call it; it outlives its streams.
class OpenStreams {
 public:
  struct Options {
    // Streams that are open at once. Each holds up to three messages (one under
    // way, one that waits for it, and what they are made from) and no thread:
    // at the 1 MiB that a message seldom has, 3 GiB for a minute in the worst
    // case, and some 100 MiB as a rule.
    int limit = 1024;
    // How long one message may be under way. gRPC counts whole messages, so
    // this also bounds how slow a reader may be: 17 KiB a second for 1 MiB.
    std::chrono::milliseconds stall_limit{60000};
  };

  // A stream's place in the list, from its beginning to its end.
  class Place {
   public:
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Around each write. One is under way at a time.
    void WriteBegins() {
      since_.store(std::chrono::steady_clock::now().time_since_epoch().count(),
                   std::memory_order_relaxed);
    }
    void WriteEnds() { since_.store(0, std::memory_order_relaxed); }

    // How the stream ended: as `status` says, unless it was ended because
    // nobody read it.
    absl::Status HowItEnded(absl::Status status) const;

   private:
    friend class OpenStreams;
    Place(OpenStreams& streams, grpc_call* call, bool counts)
        : streams_(streams), call_(call), counts_(counts) {}

    OpenStreams& streams_;
    grpc_call* const call_;  // lives as long as this
    const bool counts_;
    // When the write under way began, on the steady clock; 0: none is.
    std::atomic<std::chrono::steady_clock::rep> since_{0};
    std::atomic<bool> stalled_{false};
  };

  // Enters the stream of `context`, which lives as long as its place. `counts`
  // is false for one that has a seat of the feed: it is only looked after.
  //
  // Errors: RESOURCE_EXHAUSTED, reason TOO_MANY_STREAMS: every place is taken.
  absl::StatusOr<std::unique_ptr<Place>> Enter(
      grpc::CallbackServerContext& context, bool counts);

  explicit OpenStreams(const Options& options);
  ~OpenStreams();
  OpenStreams(const OpenStreams&) = delete;
  OpenStreams& operator=(const OpenStreams&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
