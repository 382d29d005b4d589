// What answers a request, by what it is. Each holds on to the exchange until it
// ends, and none is left (null) where it has ended already.
#pragma once

#include <memory>

#include "gateway/calls/http_call.h"
#include "gateway/calls/routing.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// A gRPC call, passed on message by message.
std::shared_ptr<ExchangeHandler> HandleGrpc(const Routing& routing,
                                            Exchange& exchange);
// Every other request: a page of the gateway's own, or a call made of an
// HTTP/JSON request, by one of those below.
std::shared_ptr<ExchangeHandler> HandleHttp(const Routing& routing,
                                            Exchange& exchange);

// One message for one message.
std::shared_ptr<ExchangeHandler> HandleUnary(std::unique_ptr<HttpCall> call);
// A file, streamed.
std::shared_ptr<ExchangeHandler> HandleDownload(std::unique_ptr<HttpCall> call);
// One message, answered by a stream of them.
std::shared_ptr<ExchangeHandler> HandleServerStream(
    std::unique_ptr<HttpCall> call);
// A stream of messages, answered by one or by a stream.
std::shared_ptr<ExchangeHandler> HandleClientStream(
    std::unique_ptr<HttpCall> call);

}  // namespace welfare::gateway
