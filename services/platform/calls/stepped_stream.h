// How MethodTable answers the calls of a server stream that is made step by
// step.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>

#include "services/platform/calls/handler.h"
#include "services/platform/calls/served_call.h"

namespace welfare::platform {

struct SteppedMethod {
  ServedMethod served;
  MessageTypes types;
  // Whether a stream may last; empty: none does.
  std::function<bool(const google::protobuf::Message& request)> follows;
  // The step of one stream.
  std::function<StepFunction(const google::protobuf::Message& request)> open;
};

grpc::ServerWriteReactor<grpc::ByteBuffer>* AnswerStepped(
    SteppedMethod& method, grpc::CallbackServerContext& context,
    const grpc::ByteBuffer& request);

}  // namespace welfare::platform
