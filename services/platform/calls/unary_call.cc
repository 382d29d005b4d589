#include "services/platform/calls/unary_call.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stop_token>
#include <utility>

#include "services/base/error.h"

namespace welfare::platform {
namespace {

using RequestPtr = std::unique_ptr<google::protobuf::Message>;

// Whoever has the answer is sent nothing of it.
absl::Status WriteReply(const ServedCall& call, const Reply& reply,
                        grpc::ByteBuffer& response) {
  if (!call.IsHeld()) return reply.Write(response);
  const grpc::Slice nothing;
  grpc::ByteBuffer(&nothing, 1).Swap(&response);
  return absl::OkStatus();
}

// The reactor of a call on a pool. Owned by the call: it deletes itself in
// OnDone, and what its handler worked on goes then, after the answer.
class PooledUnary final : public grpc::ServerUnaryReactor {
 public:
  // `request`: null where `bytes` have not been read yet.
  PooledUnary(UnaryMethod& method, grpc::CallbackServerContext& context,
              const grpc::ByteBuffer& bytes, grpc::ByteBuffer& response,
              RequestPtr request, std::optional<VersionWait> wait)
      : method_(method),
        calls_(method.served.calls),
        bytes_(bytes),
        response_(response),
        wait_(std::move(wait)),
        call_(method.served, context),
        request_(std::move(request)) {
    const absl::Status begun =
        call_.Begin(calls_.default_timeout, stop_.get_token());
    const absl::Status admitted =
        !begun.ok() || request_ == nullptr ? begun : call_.Admit(*request_);
    if (!admitted.ok()) {
      End(admitted);
    } else if (wait_.has_value() &&
               calls_.feed->VersionOf(wait_->resource) < wait_->version) {
      Park();
    } else {
      Queue();
    }
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  void Park() {
    absl::StatusOr<VersionFeed::Seat> seat =
        calls_.feed->TakeSeat(VersionFeed::Kind::kRead);
    if (!seat.ok()) {
      End(seat.status());
      return;
    }
    seat_ = *std::move(seat);
    parked_ = true;
    base::CallLimits limits = call_.context().limits;
    limits.deadline =
        std::min(limits.deadline,
                 std::chrono::steady_clock::now() + calls_.longest_wait);
    calls_.feed->Park(
        limits,
        [this](const VersionFeed::Versions& versions) {
          const auto found = versions.find(wait_->resource);
          return found != versions.end() && found->second >= wait_->version;
        },
        [this](const absl::Status& end) {
          if (end.ok()) {
            Queue();
          } else if (absl::IsDeadlineExceeded(end)) {
            End(wait_->missed(wait_->version,
                              calls_.feed->VersionOf(wait_->resource)));
          } else {
            End(end);
          }
        });
  }

  // Whoever was parked keeps its seat until its turn.
  void Queue() {
    const auto work = [this](const absl::Status& start) {
      seat_ = {};
      Answer(start.ok() ? Run() : start);
    };
    const base::CallLimits& limits = call_.context().limits;
    const absl::Status queued = parked_
                                    ? method_.pool->SubmitWoken(limits, work)
                                    : method_.pool->Submit(limits, work);
    if (!queued.ok()) End(queued);
  }

  absl::Status Run() {
    return CatchAll(method_.served, [this]() -> absl::Status {
      const Handler& handler = method_.handler;
      if (request_ == nullptr) {
        WELFARE_ASSIGN_OR_RETURN(request_,
                                 ReadMessage(*handler.types.request, bytes_));
        WELFARE_RETURN_IF_ERROR(call_.Admit(*request_));
      }
      reply_.emplace(handler.types.response);
      WELFARE_RETURN_IF_ERROR(handler.run(call_.context(), *request_, *reply_));
      return WriteReply(call_, *reply_, response_);
    });
  }

  // A read that is audited is answered when it is written down; nobody waits
  // for that on a thread.
  void Answer(const absl::Status& status) {
    if (!status.ok() || !call_.IsAudited()) {
      End(status);
      return;
    }
    const absl::Status waits = call_.WriteDown(
        *request_, [this](const absl::Status& kept) { End(kept); });
    if (!waits.ok()) End(waits);
  }

  // The last step: Finish may delete this object at once.
  void End(const absl::Status& status) { Finish(call_.End(status)); }

  const UnaryMethod& method_;
  const CallEnvironment& calls_;
  const grpc::ByteBuffer& bytes_;
  grpc::ByteBuffer& response_;
  const std::optional<VersionWait> wait_;
  std::stop_source stop_;
  ServedCall call_;
  RequestPtr request_;
  std::optional<Reply> reply_;
  VersionFeed::Seat seat_;  // while parked, and until it runs
  bool parked_ = false;
};

}  // namespace

grpc::ServerUnaryReactor* AnswerUnary(UnaryMethod& method,
                                      grpc::CallbackServerContext& context,
                                      const grpc::ByteBuffer& request,
                                      grpc::ByteBuffer& response) {
  if (!method.plan) {
    return new PooledUnary(method, context, request, response, nullptr,
                           std::nullopt);
  }
  const MessageTypes& types = method.handler.types;
  RequestPtr message;
  ReadPlan plan;
  const absl::Status planned = CatchAll(method.served, [&]() -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(message, ReadMessage(*types.request, request));
    plan = method.plan(*message);
    return absl::OkStatus();
  });
  if (planned.ok() && (plan.blocks || plan.wait.has_value())) {
    return new PooledUnary(method, context, request, response,
                           std::move(message), std::move(plan.wait));
  }
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  ServedCall call(method.served, context);
  absl::Status status = call.Begin(method.served.calls.default_timeout, {});
  if (status.ok()) status = planned;
  if (status.ok()) status = call.Admit(*message);
  if (status.ok()) {
    status = CatchAll(method.served, [&]() -> absl::Status {
      Reply reply(types.response);
      WELFARE_RETURN_IF_ERROR(
          method.handler.run(call.context(), *message, reply));
      return WriteReply(call, reply, response);
    });
  }
  reactor->Finish(call.End(status));
  return reactor;
}

}  // namespace welfare::platform
