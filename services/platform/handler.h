// One-line overrides for gRPC's callback API: a handler is a plain function
//
//   absl::Status Get(const CallContext&, const v1::GetRequest&, v1::Round&);
//
// and the override
//
//   grpc::ServerUnaryReactor* GetRound(grpc::CallbackServerContext* context,
//                                      const v1::GetRoundRequest* request,
//                                      v1::Round* response) override {
//     return platform::Unary(calls_, context, request, response,
//                            std::bind_front(&SurveyService::Get, this));
//   }
//
// The wrapper makes the CallContext (request id, deadline, cancellation),
// finds out who calls, runs the handler on the module's pool, turns its status
// into google.rpc details and answers. An exception becomes INTERNAL.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "services/platform/call_context.h"
#include "services/platform/worker_pool.h"

namespace welfare::platform {

// What the wrappers of one service share. Made by RpcModule; outlives the
// server. Any thread may read it.
struct CallEnvironment {
  // Domain of errors: "survey.welfare".
  std::string domain;
  // Where Unary and BidiStream handlers run.
  WorkerPool* pool = nullptr;
  // Where ServerStream handlers run: they may last for hours (watching), so
  // they must not take the threads of calls.
  WorkerPool* stream_pool = nullptr;
  IdentityHook identify;  // empty: everybody is the local operator
  // For callers that set no deadline.
  std::chrono::milliseconds default_timeout{30000};
};

// Steps of the wrappers; services do not call them.
absl::StatusOr<CallContext> BeginCall(const CallEnvironment& calls,
                                      grpc::ServerContextBase& context,
                                      std::stop_token stop);
grpc::Status EndCall(const CallEnvironment& calls, const CallContext& call,
                     const absl::Status& status);
absl::Status CatchAll(const std::function<absl::Status()>& handler);

// Answers from memory or cache, on gRPC's own thread: `handler` must not block.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* InlineUnary(const CallEnvironment& calls,
                                      grpc::CallbackServerContext* context,
                                      const Request* request,
                                      Response* response,
                                      const Handler& handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<CallContext> call = BeginCall(calls, *context, {});
  if (!call.ok()) {
    reactor->Finish(EndCall(calls, CallContext{}, call.status()));
    return reactor;
  }
  reactor->Finish(EndCall(calls, *call, CatchAll([&]() -> absl::Status {
                            return handler(*call, *request, *response);
                          })));
  return reactor;
}

// The reactor of Unary. Owned by the call: it deletes itself in OnDone.
template <typename Request, typename Response, typename Handler>
class PooledUnary final : public grpc::ServerUnaryReactor {
 public:
  PooledUnary(const CallEnvironment& calls,
              grpc::CallbackServerContext* context, const Request* request,
              Response* response, Handler handler)
      : calls_(calls),
        request_(request),
        response_(response),
        handler_(std::move(handler)) {
    absl::StatusOr<CallContext> call =
        BeginCall(calls, *context, stop_.get_token());
    if (!call.ok()) {
      Finish(EndCall(calls_, call_, call.status()));
      return;
    }
    call_ = *std::move(call);
    const absl::Status queued =
        calls.pool->Submit(call_.limits, [this](const absl::Status& start) {
          // Finish is the last step: it may delete this object at once.
          Finish(EndCall(calls_, call_, start.ok() ? Run() : start));
        });
    if (!queued.ok()) Finish(EndCall(calls_, call_, queued));
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  absl::Status Run() {
    return CatchAll([this]() -> absl::Status {
      return handler_(call_, *request_, *response_);
    });
  }

  const CallEnvironment& calls_;
  const Request* request_;
  Response* response_;
  Handler handler_;
  std::stop_source stop_;
  CallContext call_;
};

// Runs `handler` on the module's pool. Works for raw methods too: with
// WithRawCallbackMethod_X, Request and Response are grpc::ByteBuffer.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Unary(const CallEnvironment& calls,
                                grpc::CallbackServerContext* context,
                                const Request* request, Response* response,
                                Handler handler) {
  return new PooledUnary<Request, Response, Handler>(
      calls, context, request, response, std::move(handler));
}

// Bytes in and out of raw methods.
grpc::ByteBuffer ToByteBuffer(std::string_view bytes);
std::string ToBytes(const grpc::ByteBuffer& buffer);

// As InlineUnary, for raw methods that answer with serialised bytes (a cache
// hit needs no message): `handler(call, const Request&, std::string& bytes)`.
template <typename Request, typename Handler>
grpc::ServerUnaryReactor* InlineRawUnary(const CallEnvironment& calls,
                                         grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response,
                                         const Handler& handler);

// The same on the pool.
template <typename Request, typename Handler>
grpc::ServerUnaryReactor* RawUnary(const CallEnvironment& calls,
                                   grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response, Handler handler);

// INVALID_ARGUMENT, reason MESSAGE_UNREADABLE.
absl::Status UnreadableMessage();

template <typename Request, typename Handler>
auto OnBytes(Handler handler) {
  return [handler = std::move(handler)](const CallContext& call,
                                        const grpc::ByteBuffer& in,
                                        grpc::ByteBuffer& out) -> absl::Status {
    Request message;
    if (!message.ParseFromString(ToBytes(in))) return UnreadableMessage();
    std::string bytes;
    absl::Status status = handler(call, message, bytes);
    if (status.ok()) out = ToByteBuffer(bytes);
    return status;
  };
}

template <typename Request, typename Handler>
grpc::ServerUnaryReactor* InlineRawUnary(const CallEnvironment& calls,
                                         grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response,
                                         const Handler& handler) {
  return InlineUnary(calls, context, request, response,
                     OnBytes<Request>(handler));
}

template <typename Request, typename Handler>
grpc::ServerUnaryReactor* RawUnary(const CallEnvironment& calls,
                                   grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response,
                                   Handler handler) {
  return Unary(calls, context, request, response,
               OnBytes<Request>(std::move(handler)));
}

}  // namespace welfare::platform
