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

#include <google/protobuf/message_lite.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "services/platform/cache/shared_bytes.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/work/version_feed.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::platform {

class OpenStreams;  // open_streams.h

// What the wrappers of one service share. Made by RpcModule; outlives the
// server. Any thread may read it.
struct CallEnvironment {
  // Domain of errors: "survey.welfare".
  std::string domain;
  // Where Unary handlers run.
  WorkerPool* pool = nullptr;
  // Where BulkUnary and BidiStream handlers run: a few threads, so that files
  // by the dozen, each of which takes seconds, leave `pool` to everybody else.
  WorkerPool* bulk_pool = nullptr;
  // Where the steps of server streams run.
  WorkerPool* stream_pool = nullptr;
  // The server streams that are open.
  OpenStreams* streams = nullptr;
  // Where whoever waits for a version is parked: no thread of any pool.
  VersionFeed* feed = nullptr;
  IdentityHook identify;  // empty: everybody is the local operator
  // For callers that set no deadline.
  std::chrono::milliseconds default_timeout{30000};
  // A read waits no longer for its version, whatever its caller allows.
  std::chrono::milliseconds longest_wait{10000};
};

// What a read waits for before its handler runs (`min_version`).
struct VersionWait {
  std::string resource;
  std::int64_t version = 0;
  // The answer where it was not reached in time; `seen` is what was.
  absl::Status (*missed)(std::int64_t version, std::int64_t seen) = nullptr;
};

// Whether gRPC hands a method the bytes of its requests unparsed.
template <typename Request>
constexpr bool kRaw = std::is_same_v<Request, grpc::ByteBuffer>;

// Steps of the wrappers; services do not call them. BeginCall fills in `call`;
// of a call that it refuses, the request id at least.
absl::Status BeginCall(const CallEnvironment& calls,
                       grpc::ServerContextBase& context, std::stop_token stop,
                       CallContext& call);
grpc::Status EndCall(const CallEnvironment& calls, const CallContext& call,
                     const absl::Status& status);
// The exception being handled, as INTERNAL.
absl::Status FromCurrentException();

// What every client takes: gRPC's own limit. Each service bounds its replies
// (services/README.md); this is the net below, so that none is sent that its
// caller cannot receive, and that nobody could tell from a fault of the
// network.
inline constexpr std::size_t kMostReplyBytes = std::size_t{4} << 20;
// RESOURCE_EXHAUSTED, reason REPLY_TOO_LARGE, where a reply has more `bytes`.
absl::Status CheckReplyBytes(std::size_t bytes);

template <typename Response>
absl::Status CheckReply(const Response& response) {
  if constexpr (std::is_same_v<Response, grpc::ByteBuffer>) {
    return CheckReplyBytes(response.Length());
  } else {
    return CheckReplyBytes(response.ByteSizeLong());
  }
}

template <typename Handler>
absl::Status CatchAll(const Handler& handler) {
  try {
    return handler();
  } catch (...) {
    return FromCurrentException();
  }
}

// A handler with its messages. What follows of a call is the same for all, so
// that it is compiled once instead of for each method.
using BoundHandler = std::function<absl::Status(const CallContext& call)>;

// Steps of the wrappers: runs `handler` on this thread; or on `pool`, once the
// feed has seen what `wait` asks for. `raw`: the method takes bytes.
grpc::ServerUnaryReactor* AnswerInline(const CallEnvironment& calls,
                                       grpc::CallbackServerContext& context,
                                       bool raw, const BoundHandler& handler);
grpc::ServerUnaryReactor* AnswerOnPool(const CallEnvironment& calls,
                                       WorkerPool& pool,
                                       grpc::CallbackServerContext& context,
                                       bool raw,
                                       std::optional<VersionWait> wait,
                                       BoundHandler handler);

// Runs `handler`, and holds its reply to the limit.
template <typename Request, typename Response, typename Handler>
absl::Status Reply(const Handler& handler, const CallContext& call,
                   const Request& request, Response& response) {
  absl::Status status = handler(call, request, response);
  return status.ok() ? CheckReply(response) : status;
}

template <typename Request, typename Response, typename Handler>
BoundHandler Bind(const Request* request, Response* response, Handler handler) {
  return [request, response,
          handler = std::move(handler)](const CallContext& call) {
    return Reply(handler, call, *request, *response);
  };
}

// Answers from memory or cache, on gRPC's own thread: `handler` must not block.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* InlineUnary(const CallEnvironment& calls,
                                      grpc::CallbackServerContext* context,
                                      const Request* request,
                                      Response* response,
                                      const Handler& handler) {
  const auto run = [&](const CallContext& call) {
    return Reply(handler, call, *request, *response);
  };
  // By reference: nothing is copied, nothing allocated.
  return AnswerInline(calls, *context, kRaw<Request>, std::cref(run));
}

// Runs `handler` on the module's pool. Works for raw methods too: with
// WithRawCallbackMethod_X, Request and Response are grpc::ByteBuffer.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Unary(const CallEnvironment& calls,
                                grpc::CallbackServerContext* context,
                                const Request* request, Response* response,
                                Handler handler) {
  return AnswerOnPool(calls, *calls.pool, *context, kRaw<Request>, std::nullopt,
                      Bind(request, response, std::move(handler)));
}

// The same for whole files: on the few threads of the bulk pool.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* BulkUnary(const CallEnvironment& calls,
                                    grpc::CallbackServerContext* context,
                                    const Request* request, Response* response,
                                    Handler handler) {
  return AnswerOnPool(calls, *calls.bulk_pool, *context, kRaw<Request>,
                      std::nullopt,
                      Bind(request, response, std::move(handler)));
}

// The same once the feed has seen what `wait` asks for, if anything: the call
// is parked until then, and refused beyond the feed's limit.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* WaitingUnary(const CallEnvironment& calls,
                                       grpc::CallbackServerContext* context,
                                       const Request* request,
                                       Response* response,
                                       std::optional<VersionWait> wait,
                                       Handler handler) {
  return AnswerOnPool(calls, *calls.pool, *context, kRaw<Request>,
                      std::move(wait),
                      Bind(request, response, std::move(handler)));
}

// Bytes in and out of raw methods.
grpc::ByteBuffer ToByteBuffer(std::string_view bytes);
// Without a copy.
grpc::ByteBuffer MoveToByteBuffer(std::string bytes);
// False when the bytes are no message of this type.
bool ParseMessage(const grpc::ByteBuffer& buffer,
                  google::protobuf::MessageLite& message);

// As InlineUnary, for raw methods that answer with serialised bytes (a cache
// hit needs no message): `handler(call, const Request&, SharedBytes& bytes)`,
// which sets `bytes` where it returns OK.
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

// How a read is to be answered.
struct ReadPlan {
  bool blocks = false;  // so it runs on the pool
  // First of all; such a read runs on the pool too.
  std::optional<VersionWait> wait = std::nullopt;
};

// InlineRawUnary for a read that seldom blocks or waits: `plan(request)` says
// whether it does now. The message is parsed once for both.
template <typename Request, typename Plan, typename Handler>
grpc::ServerUnaryReactor* RawRead(const CallEnvironment& calls,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response, const Plan& plan,
                                  Handler handler);

// INVALID_ARGUMENT, reason MESSAGE_UNREADABLE.
absl::Status UnreadableMessage();

template <typename Request, typename Handler>
absl::Status AnswerWithBytes(const Handler& handler, const CallContext& call,
                             const Request& request, grpc::ByteBuffer& out) {
  SharedBytes bytes;
  absl::Status status = handler(call, request, bytes);
  if (status.ok()) out = ToByteBuffer(*bytes);
  return status;
}

template <typename Request, typename Handler>
auto OnBytes(Handler handler) {
  return [handler = std::move(handler)](const CallContext& call,
                                        const grpc::ByteBuffer& in,
                                        grpc::ByteBuffer& out) -> absl::Status {
    Request message;
    if (!ParseMessage(in, message)) return UnreadableMessage();
    return AnswerWithBytes(handler, call, message, out);
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

template <typename Request, typename Plan, typename Handler>
grpc::ServerUnaryReactor* RawRead(const CallEnvironment& calls,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response, const Plan& plan,
                                  Handler handler) {
  Request message;
  const bool readable = ParseMessage(*request, message);
  ReadPlan planned = readable ? plan(message) : ReadPlan{};
  if (!planned.blocks && !planned.wait.has_value()) {
    return InlineUnary(calls, context, request, response,
                       [&](const CallContext& call, const grpc::ByteBuffer&,
                           grpc::ByteBuffer& out) -> absl::Status {
                         if (!readable) return UnreadableMessage();
                         return AnswerWithBytes(handler, call, message, out);
                       });
  }
  return WaitingUnary(
      calls, context, request, response, std::move(planned.wait),
      [message = std::move(message), handler = std::move(handler)](
          const CallContext& call, const grpc::ByteBuffer&,
          grpc::ByteBuffer& out) {
        return AnswerWithBytes(handler, call, message, out);
      });
}

}  // namespace welfare::platform
