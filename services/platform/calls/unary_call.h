// How MethodTable answers the calls of a unary method.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "services/platform/calls/handler.h"
#include "services/platform/calls/served_call.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::platform {

// What a read waits for before its handler runs (`min_version`).
struct VersionWait {
  std::string resource;
  std::int64_t version = 0;
  // The answer where it was not reached in time; `seen` is what was.
  absl::Status (*missed)(std::int64_t version, std::int64_t seen) = nullptr;
};

// How a read is to be answered.
struct ReadPlan {
  bool blocks = false;  // so it runs on the pool
  // First of all; such a read runs on the pool too.
  std::optional<VersionWait> wait = std::nullopt;
};
using PlanFunction =
    std::function<ReadPlan(const google::protobuf::Message& request)>;

struct UnaryMethod {
  ServedMethod served;
  WorkerPool* pool;
  Handler handler;
  PlanFunction plan;  // empty: it blocks and waits for nothing
};

// Runs the handler on the pool, once the feed has seen what the plan asks for;
// or on this thread, which is gRPC's own, where the plan neither blocks nor
// waits. A message is read where its handler runs, or here if it is planned.
grpc::ServerUnaryReactor* AnswerUnary(UnaryMethod& method,
                                      grpc::CallbackServerContext& context,
                                      const grpc::ByteBuffer& request,
                                      grpc::ByteBuffer& response);

}  // namespace welfare::platform
