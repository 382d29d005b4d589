// Streams as plain functions, beside the unary wrappers of handler.h:
//
//   absl::Status Import(const CallContext&, const v1::Batch&, v1::Result&);
//
//   grpc::ServerWriteReactor<v1::ColumnsResponse>* StreamColumns(
//       grpc::CallbackServerContext* context,
//       const v1::ColumnsRequest* request) override {
//     return platform::ServerStream<v1::ColumnsResponse>(
//         calls_, context, request,
//         [this, at = 0](const CallContext& call,
//                        const v1::ColumnsRequest& asked,
//                        v1::ColumnsResponse& message) mutable
//             -> absl::StatusOr<platform::StreamStep> {
//           if (at == columns()) return platform::StreamStep::End();
//           FillIn(at++, message);
//           return platform::StreamStep::Message();
//         });
//   }
//   grpc::ServerBidiReactor<v1::Batch, v1::Result>* ImportRows(
//       grpc::CallbackServerContext* context) override {
//     return platform::BidiStream<v1::Batch, v1::Result>(
//         calls_, context, std::bind_front(&Service::Import, this));
//   }
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/handler.h"
#include "services/platform/rpc/open_streams.h"
#include "services/platform/work/version_feed.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::platform {

// What a step of a server stream has come to.
struct StreamStep {
  enum class Kind {
    kMessage,  // the message is filled in and to be sent; then the next step
    kWait,     // there is nothing to send until `until` holds; then the next
    kEnd,      // there is nothing more to send
  };
  Kind kind = Kind::kEnd;
  VersionFeed::Until until = nullptr;

  static StreamStep Message() { return {.kind = Kind::kMessage}; }
  static StreamStep End() { return {.kind = Kind::kEnd}; }
  static StreamStep Wait(VersionFeed::Until until) {
    return {.kind = Kind::kWait, .until = std::move(until)};
  }
};

// The reactor of ServerStream and FollowingStream. Owned by the call.
//
// Two things go on at a time: a write, and what makes the next message, which
// is queued, runs on the pool or is parked in the feed (`making_`). Whichever
// ends last takes the next turn; nobody waits for the other. Two messages are
// used in turn, and neither is touched before its write is done: until gRPC has
// bound this reactor to its call, StartWrite keeps the pointer and serialises
// later.
template <typename Request, typename Response, typename Step>
class SteppedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  SteppedStream(const CallEnvironment& calls,
                grpc::CallbackServerContext* context, const Request* request,
                bool follows, Step step)
      : calls_(calls), request_(request), step_(std::move(step)) {
    if (const absl::Status begun = Begin(*context, follows); begun.ok()) {
      Queue();
    } else {
      EndWith(begun);
    }
  }

  void OnWriteDone(bool ok) override {
    place_->WriteEnds();
    if (!ok) stop_.request_stop();
    const Response* made = nullptr;
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) broken_ = true;
      if (making_) return;
      if (std::exchange(made_, false) && ok) {
        writing_ = true;
        making_ = true;
        made = &Turned();
      }
    }
    if (made == nullptr) {
      Close();
    } else {
      Write(*made);
      Queue();
    }
  }
  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  absl::Status Begin(grpc::CallbackServerContext& context, bool follows) {
    CallEnvironment endless = calls_;
    endless.default_timeout = std::chrono::milliseconds(0);
    WELFARE_RETURN_IF_ERROR(
        BeginCall(endless, context, stop_.get_token(), call_));
    if (follows) {
      WELFARE_ASSIGN_OR_RETURN(
          seat_, calls_.feed->TakeSeat(VersionFeed::Kind::kStream));
    }
    WELFARE_ASSIGN_OR_RETURN(place_, calls_.streams->Enter(context, !follows));
    return absl::OkStatus();
  }

  // Has the pool make the next message. Open streams are counted, so that the
  // pool need not refuse any. The last thing its caller does here.
  void Queue() {
    const absl::Status queued = calls_.stream_pool->SubmitWoken(
        call_.limits, [this](const absl::Status& start) {
          if (start.ok()) {
            Make();
          } else {
            EndWith(start);
          }
        });
    if (!queued.ok()) EndWith(queued);
  }

  // Makes messages as long as the reader takes them and nobody else waits for
  // the thread.
  void Make() {
    do {
      if (call_.cancelled()) return EndWith(Cancelled("a stream"));
      Response& message = messages_[turn_];
      message.Clear();
      StreamStep made;
      const absl::Status status = CatchAll([&]() -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(made, step_(call_, *request_, message));
        return absl::OkStatus();
      });
      if (!status.ok() || made.kind == StreamStep::Kind::kEnd) {
        return EndWith(status);
      }
      if (made.kind == StreamStep::Kind::kWait) {
        calls_.feed->Park(call_.limits, std::move(made.until),
                          [this](const absl::Status& end) { Wake(end); });
        return;
      }
      {
        const std::lock_guard lock(mutex_);
        if (writing_) {
          // OnWriteDone sends it.
          made_ = true;
          making_ = false;
          return;
        }
        writing_ = true;
      }
      // After one that failed, this one fails too.
      Write(Turned());
    } while (calls_.stream_pool->waiting() == 0);
    Queue();
  }

  void Wake(const absl::Status& end) {
    if (end.ok()) {
      Queue();
    } else {
      EndWith(end);
    }
  }

  // The message that was made last; the next one is made in the other. Called
  // by whoever makes.
  Response& Turned() { return messages_[std::exchange(turn_, 1 - turn_)]; }

  void Write(const Response& message) {
    place_->WriteBegins();
    this->StartWrite(&message);
  }

  // No further message will be made. Called by whoever makes, as the last thing
  // it does here.
  void EndWith(const absl::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      end_ = status;
      making_ = false;
      if (writing_) return;  // OnWriteDone closes
    }
    Close();
  }

  // The last step, when nothing is under way: Finish may delete this object at
  // once.
  void Close() {
    absl::Status status = end_;
    if (broken_ && status.ok()) status = Cancelled("a stream");
    if (place_ != nullptr) status = place_->HowItEnded(std::move(status));
    this->Finish(EndCall(calls_, call_, status));
  }

  const CallEnvironment& calls_;
  const Request* request_;
  Step step_;
  std::stop_source stop_;
  CallContext call_;
  VersionFeed::Seat seat_;
  std::unique_ptr<OpenStreams::Place> place_;  // null: refused
  // Used by whoever makes.
  std::array<Response, 2> messages_;
  std::size_t turn_ = 0;  // which one is made next
  std::mutex mutex_;
  bool making_ = true;    // guarded by mutex_
  bool writing_ = false;  // guarded by mutex_
  bool made_ = false;     // guarded by mutex_: a message waits for the write
  bool broken_ = false;   // guarded by mutex_: one could not be sent
  absl::Status end_;      // guarded by mutex_: once nothing is made any more
};

// A server stream, made step by step: `step(call, request, message)` is called
// on the module's stream pool with an empty message, again and again, and keeps
// its position in what it captures. It is called by one thread at a time, and
// not while two messages wait for the reader: a slow reader slows the stream
// down and holds no thread. A stream that nobody reads at all is ended
// (OpenStreams), and one too many is refused.
template <typename Response, typename Request, typename Step>
grpc::ServerWriteReactor<Response>* ServerStream(
    const CallEnvironment& calls, grpc::CallbackServerContext* context,
    const Request* request, Step step) {
  return new SteppedStream<Request, Response, Step>(calls, context, request,
                                                    false, std::move(step));
}

// As ServerStream for a stream that may last (`follows`): its step may return
// StreamStep::Wait and is called again when that holds. It is refused where
// `follows` and the feed has no seat.
template <typename Response, typename Request, typename Step>
grpc::ServerWriteReactor<Response>* FollowingStream(
    const CallEnvironment& calls, grpc::CallbackServerContext* context,
    const Request* request, bool follows, Step step) {
  return new SteppedStream<Request, Response, Step>(calls, context, request,
                                                    follows, std::move(step));
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
