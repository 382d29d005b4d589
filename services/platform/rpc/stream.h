// Streams as plain functions, beside the unary wrappers of handler.h:
//
//   absl::Status Columns(const CallContext&, const v1::ColumnsRequest&,
//                        StreamWriter<v1::ColumnsResponse>&);
//   absl::Status Import(const CallContext&, const v1::Batch&, v1::Result&);
//
//   grpc::ServerWriteReactor<v1::ColumnsResponse>* StreamColumns(
//       grpc::CallbackServerContext* context,
//       const v1::ColumnsRequest* request) override {
//     return platform::ServerStream<v1::ColumnsResponse>(
//         calls_, context, request, std::bind_front(&Service::Columns, this));
//   }
//   grpc::ServerBidiReactor<v1::Batch, v1::Result>* ImportRows(
//       grpc::CallbackServerContext* context) override {
//     return platform::BidiStream<v1::Batch, v1::Result>(
//         calls_, context, std::bind_front(&Service::Import, this));
//   }
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/handler.h"

namespace welfare::platform {

// Where a streaming handler puts its answers. Used by the handler's thread.
template <typename Response>
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;

  // Sends `response` and returns when it is serialised and the transport has
  // taken the one before, so that the handler makes the next while this one is
  // under way, and a slow reader slows the handler down.
  //
  // Errors: CANCELLED: the caller has gone or its deadline has passed; the
  // handler returns.
  virtual absl::Status Write(const Response& response) = 0;
};

// The reactor of ServerStream and FollowingStream. Owned by the call.
template <typename Request, typename Response, typename Handler>
class PooledServerStream final : public grpc::ServerWriteReactor<Response>,
                                 private StreamWriter<Response> {
 public:
  PooledServerStream(const CallEnvironment& calls,
                     grpc::CallbackServerContext* context,
                     const Request* request, bool follows, Handler handler)
      : calls_(calls), request_(request), handler_(std::move(handler)) {
    CallEnvironment endless = calls;
    endless.default_timeout = std::chrono::milliseconds(0);
    absl::Status begun = BeginCall(endless, *context, stop_.get_token(), call_);
    if (begun.ok() && follows) {
      absl::StatusOr<VersionFeed::Seat> seat =
          calls.feed->TakeSeat(VersionFeed::Kind::kStream);
      if (seat.ok()) {
        seat_ = *std::move(seat);
      } else {
        begun = seat.status();
      }
    }
    if (!begun.ok()) {
      End(begun);
      return;
    }
    Queue(false);
  }

  void OnWriteDone(bool ok) override {
    bool resume = false;
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) broken_ = true;
      resume = std::exchange(resume_, false);
      // Under the lock: after it is released the handler may finish the call,
      // and this object with it.
      changed_.notify_one();
    }
    // Nobody else is at work on a call that waits to be resumed.
    if (resume) Resume();
  }
  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override {
    // Waits for OnWriteDone to leave the lock.
    { const std::lock_guard lock(mutex_); }
    delete this;
  }

 private:
  void Queue(bool woken) {
    const auto work = [this](const absl::Status& start) {
      if (start.ok()) {
        Turn();
      } else {
        End(start);
      }
    };
    WorkerPool& pool = *calls_.stream_pool;
    const absl::Status queued = woken ? pool.SubmitWoken(call_.limits, work)
                                      : pool.Submit(call_.limits, work);
    if (!queued.ok()) End(queued);
  }

  // Runs the handler, then ends the call or parks it.
  void Turn() {
    VersionFeed::Until follow;
    absl::Status status = CatchAll([&]() -> absl::Status {
      auto& writer = static_cast<StreamWriter<Response>&>(*this);
      if constexpr (std::is_invocable_v<Handler&, const CallContext&,
                                        const Request&, decltype(writer),
                                        VersionFeed::Until&>) {
        return handler_(call_, *request_, writer, follow);
      } else {
        return handler_(call_, *request_, writer);
      }
    });
    if (status.ok() && follow) {
      calls_.feed->Park(call_.limits, std::move(follow),
                        [this](const absl::Status& end) { Wake(end); });
      return;
    }
    const absl::Status last = WaitForWrite();
    End(status.ok() ? last : status);
  }

  // A wait is over. What the handler wrote last may still be under way: a slow
  // reader holds no thread here.
  void Wake(const absl::Status& end) {
    woken_ = end;
    {
      const std::lock_guard lock(mutex_);
      if (writing_) {
        resume_ = true;
        return;
      }
    }
    Resume();
  }

  void Resume() {
    if (broken_) {
      End(Cancelled("a stream"));
    } else if (woken_.ok()) {
      Queue(true);
    } else {
      End(woken_);
    }
  }

  // The last step: Finish may delete this object at once.
  void End(const absl::Status& status) {
    this->Finish(EndCall(calls_, call_, status));
  }

  absl::Status Write(const Response& response) override {
    if (call_.cancelled()) return Cancelled("a stream");
    if (absl::Status before = WaitForWrite(); !before.ok()) return before;
    {
      const std::lock_guard lock(mutex_);
      writing_ = true;
    }
    this->StartWrite(&response);
    // Until gRPC has bound this reactor to its call, which it may still be
    // about to do, StartWrite keeps the pointer and serialises later.
    if (bound_) return absl::OkStatus();
    bound_ = true;
    return WaitForWrite();
  }

  // Returns when no message is under way. CANCELLED: one could not be sent.
  absl::Status WaitForWrite() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !writing_; });
    return broken_ ? Cancelled("a stream") : absl::OkStatus();
  }

  const CallEnvironment& calls_;
  const Request* request_;
  Handler handler_;
  std::stop_source stop_;
  CallContext call_;
  VersionFeed::Seat seat_;
  bool bound_ = false;  // used by the handler's thread
  absl::Status woken_;  // how the last wait ended
  std::mutex mutex_;
  std::condition_variable changed_;
  bool writing_ = false;  // guarded by mutex_
  bool broken_ = false;   // guarded by mutex_
  bool resume_ = false;   // guarded by mutex_: once the write is done
};

// Runs `handler` on the module's stream pool until it returns.
template <typename Response, typename Request, typename Handler>
grpc::ServerWriteReactor<Response>* ServerStream(
    const CallEnvironment& calls, grpc::CallbackServerContext* context,
    const Request* request, Handler handler) {
  return new PooledServerStream<Request, Response, Handler>(
      calls, context, request, false, std::move(handler));
}

// As ServerStream for a stream that may wait for newer versions (`follows`):
//
//   absl::Status Changes(const CallContext&, const Request&,
//                        StreamWriter<Response>&, VersionFeed::Until& follow);
//
// A handler that sets `follow` and returns OK is called again when that holds,
// and the call takes no thread meanwhile. It is refused where `follows` and the
// feed has no seat.
template <typename Response, typename Request, typename Handler>
grpc::ServerWriteReactor<Response>* FollowingStream(
    const CallEnvironment& calls, grpc::CallbackServerContext* context,
    const Request* request, bool follows, Handler handler) {
  return new PooledServerStream<Request, Response, Handler>(
      calls, context, request, follows, std::move(handler));
}

// The reactor of BidiStream. Owned by the call.
template <typename Request, typename Response, typename Handler>
class PooledBidiStream final
    : public grpc::ServerBidiReactor<Request, Response> {
 public:
  PooledBidiStream(const CallEnvironment& calls,
                   grpc::CallbackServerContext* context, Handler handler)
      : calls_(calls), handler_(std::move(handler)) {
    CallEnvironment endless = calls;
    endless.default_timeout = std::chrono::milliseconds(0);
    const absl::Status begun =
        BeginCall(endless, *context, stop_.get_token(), call_);
    if (!begun.ok()) {
      End(begun);
      return;
    }
    this->StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      // The caller said that it is done, or it is gone.
      End(call_.cancelled() ? Cancelled("a stream") : absl::OkStatus());
      return;
    }
    CallContext batch = call_;
    batch.limits.deadline =
        std::min(call_.limits.deadline,
                 std::chrono::steady_clock::now() + calls_.default_timeout);
    const CallLimits limits = batch.limits;
    const absl::Status queued = calls_.bulk_pool->Submit(
        limits, [this, batch = std::move(batch)](absl::Status status) {
          if (status.ok()) {
            status = CatchAll([&]() -> absl::Status {
              return handler_(batch, std::as_const(request_), response_);
            });
          }
          if (status.ok()) {
            this->StartWrite(&response_);
          } else {
            End(status);
          }
        });
    if (!queued.ok()) End(queued);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      End(Cancelled("a stream"));
      return;
    }
    request_.Clear();
    response_.Clear();
    this->StartRead(&request_);
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  void End(const absl::Status& status) {
    this->Finish(EndCall(calls_, call_, status));
  }

  const CallEnvironment& calls_;
  Handler handler_;
  std::stop_source stop_;
  CallContext call_;
  Request request_;
  Response response_;
};

// Answers each message of the caller with one of ours, in order, one at a time
// on the module's bulk pool. An error of `handler` ends the stream; what an
// answer reported as done stays done. Each batch has the default deadline or
// the stream's, whichever is sooner. `handler` may keep state between batches.
template <typename Request, typename Response, typename Handler>
grpc::ServerBidiReactor<Request, Response>* BidiStream(
    const CallEnvironment& calls, grpc::CallbackServerContext* context,
    Handler handler) {
  return new PooledBidiStream<Request, Response, Handler>(calls, context,
                                                          std::move(handler));
}

}  // namespace welfare::platform
