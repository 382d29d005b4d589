#include "services/platform/calls/stepped_stream.h"

#include <grpcpp/server_context.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

#include "services/base/error.h"
#include "services/platform/calls/open_streams.h"
#include "services/platform/errors.h"
#include "services/platform/work/version_feed.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::platform {
namespace {

// Owned by the call.
//
// Two things go on at a time: a write, and what makes the next message, which
// is queued, runs on the pool or is parked in the feed (`making_`). Whichever
// ends last takes the next turn; nobody waits for the other. Two messages are
// used in turn, and neither is touched before its write is done: until gRPC has
// bound this reactor to its call, StartWrite keeps the pointer and takes the
// bytes later.
class SteppedStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  SteppedStream(SteppedMethod& method, grpc::CallbackServerContext& context,
                const grpc::ByteBuffer& request)
      : method_(method),
        calls_(method.served.calls),
        call_(method.served, context),
        reply_(method.types.response) {
    if (const absl::Status begun = Begin(context, request); begun.ok()) {
      Queue();
    } else {
      EndWith(begun);
    }
  }

  void OnWriteDone(bool ok) override {
    place_->WriteEnds();
    messages_[sent_].Clear();
    if (!ok) stop_.request_stop();
    bool writes = false;
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) broken_ = true;
      if (making_) return;
      if (std::exchange(made_, false) && ok) {
        writing_ = true;
        making_ = true;
        writes = true;
      }
    }
    if (writes) {
      WriteMade();
      if (at_hand_) {
        MakeAtHand();
      } else {
        Queue();
      }
    } else {
      Close();
    }
  }
  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  absl::Status Begin(grpc::CallbackServerContext& context,
                     const grpc::ByteBuffer& request) {
    WELFARE_RETURN_IF_ERROR(
        call_.Begin(std::chrono::milliseconds(0), stop_.get_token()));
    return CatchAll(method_.served, [&]() -> absl::Status {
      WELFARE_ASSIGN_OR_RETURN(request_,
                               ReadMessage(*method_.types.request, request));
      WELFARE_RETURN_IF_ERROR(call_.Admit(*request_));
      const bool follows = method_.follows && method_.follows(*request_);
      if (follows) {
        WELFARE_ASSIGN_OR_RETURN(
            seat_, calls_.feed->TakeSeat(VersionFeed::Kind::kStream));
      }
      WELFARE_ASSIGN_OR_RETURN(place_,
                               calls_.streams->Enter(context, !follows));
      step_ = method_.open(*request_);
      return absl::OkStatus();
    });
  }

  // Has the pool make the next message. Open streams are counted, so that the
  // pool need not refuse any. The last thing its caller does here.
  void Queue() {
    const absl::Status queued = calls_.stream_pool->SubmitWoken(
        call_.context().limits, [this](const absl::Status& start) {
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
    MakeWhile([this] { return calls_.stream_pool->waiting() == 0; });
  }

  // The same on a thread of gRPC, where nothing may wait.
  void MakeAtHand() {
    MakeWhile([this] { return at_hand_; });
  }

  template <typename More>
  void MakeWhile(const More& more) {
    do {
      if (call_.context().cancelled()) return EndWith(Cancelled("a stream"));
      StreamStep made;
      const absl::Status status =
          CatchAll(method_.served, [&]() -> absl::Status {
            reply_.Clear();
            WELFARE_ASSIGN_OR_RETURN(made,
                                     step_(call_.context(), *request_, reply_));
            if (made.kind != StreamStep::Kind::kMessage) {
              return absl::OkStatus();
            }
            return reply_.Write(messages_[turn_]);
          });
      if (!status.ok() || made.kind == StreamStep::Kind::kEnd) {
        return EndWith(status);
      }
      if (made.kind == StreamStep::Kind::kWait) {
        calls_.feed->Park(call_.context().limits, std::move(made.until),
                          [this](const absl::Status& end) { Wake(end); });
        return;
      }
      at_hand_ = made.next_at_hand;
      if (!std::exchange(begun_, true)) {
        call_.TellTag();
        if (call_.IsAudited()) {
          WriteDown();
          return;
        }
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
      WriteMade();
    } while (more());
    Queue();
  }

  // Sends the first message, which was made, once it is written down that the
  // stream is read.
  void WriteDown() {
    const absl::Status waits =
        call_.WriteDown(*request_, [this](const absl::Status& kept) {
          if (!kept.ok()) return EndWith(kept);
          {
            const std::lock_guard lock(mutex_);
            writing_ = true;
          }
          WriteMade();
          Queue();
        });
    if (!waits.ok()) EndWith(waits);
  }

  void Wake(const absl::Status& end) {
    if (end.ok()) {
      Queue();
    } else {
      EndWith(end);
    }
  }

  // Sends the message that was made last; the next one is made in the other.
  // Called by whoever makes.
  void WriteMade() {
    sent_ = std::exchange(turn_, 1 - turn_);
    place_->WriteBegins();
    StartWrite(&messages_[sent_]);
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
    Finish(call_.End(status));
  }

  const SteppedMethod& method_;
  const CallEnvironment& calls_;
  std::stop_source stop_;
  ServedCall call_;
  VersionFeed::Seat seat_;
  std::unique_ptr<OpenStreams::Place> place_;  // null: refused
  // Used by whoever makes.
  std::unique_ptr<google::protobuf::Message> request_;
  StepFunction step_;
  Reply reply_;
  bool begun_ = false;    // a message was made
  bool at_hand_ = false;  // the one behind the last that was made
  std::array<grpc::ByteBuffer, 2> messages_;
  std::size_t turn_ = 0;  // which one is made next
  std::size_t sent_ = 0;  // which one is under way; its write's alone
  std::mutex mutex_;
  bool making_ = true;    // guarded by mutex_
  bool writing_ = false;  // guarded by mutex_
  bool made_ = false;     // guarded by mutex_: a message waits for the write
  bool broken_ = false;   // guarded by mutex_: one could not be sent
  absl::Status end_;      // guarded by mutex_: once nothing is made any more
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* AnswerStepped(
    SteppedMethod& method, grpc::CallbackServerContext& context,
    const grpc::ByteBuffer& request) {
  return new SteppedStream(method, context, request);
}

}  // namespace welfare::platform
