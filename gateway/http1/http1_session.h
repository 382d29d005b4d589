#pragma once

#include <functional>
#include <memory>

#include "gateway/budgets/budget.h"
#include "gateway/exchange/connection.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// HTTP/1.1 and 1.0 on one connection: one request at a time, keep-alive,
// pipelined requests answered in order. After any framing error, and after a
// response to a request whose body was not read to its end, the connection
// closes. `closed` is called once, last. As in HTTP/2, a request is begun after
// what the caller has sent is read, and one that he leaves at once is waste.
std::shared_ptr<Session> MakeHttp1Session(
    EventLoop& loop, std::unique_ptr<Connection> connection,
    std::unique_ptr<Seat> seat, Dispatcher& dispatcher,
    const SessionLimits& limits, std::function<void()> closed);

}  // namespace welfare::gateway
