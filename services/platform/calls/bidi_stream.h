// How MethodTable answers the calls of a bidirectional stream.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>

#include "services/platform/calls/handler.h"
#include "services/platform/calls/served_call.h"

namespace welfare::platform {

struct BidiMethod {
  ServedMethod served;
  MessageTypes types;
  // The handler of one stream.
  std::function<HandlerFunction()> open;
};

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AnswerBidi(
    BidiMethod& method, grpc::CallbackServerContext& context);

}  // namespace welfare::platform
