#pragma once

#include <functional>
#include <memory>

#include "gateway/exchange/connection.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// HTTP/1.1 and 1.0 on one connection: one request at a time, keep-alive,
// pipelined requests answered in order. After any framing error, and after a
// response to a request whose body was not read to its end, the connection
// closes. `closed` is called once, last.
std::shared_ptr<Session> MakeHttp1Session(
    EventLoop& loop, std::unique_ptr<Connection> connection,
    Dispatcher& dispatcher, const SessionLimits& limits,
    std::function<void()> closed);

}  // namespace welfare::gateway
