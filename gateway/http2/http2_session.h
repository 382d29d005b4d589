#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "gateway/budgets/budget.h"
#include "gateway/exchange/connection.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// What every HTTP/2 connection begins with (RFC 9113, 3.4).
inline constexpr std::string_view kHttp2Preface =
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// HTTP/2 on one connection, by libnghttp2: many exchanges at a time, each
// with flow control of its own. A connection that floods (resets, SETTINGS,
// PING, CONTINUATION) is closed with GOAWAY. `closed` is called once, last.
//
// No request is begun before what the caller has sent by then is read, so that
// one whose stream is reset with it, or whose connection ends, costs nothing
// inward. What was begun for a stream that its caller leaves at once counts
// against the peer; connections of a peer with too much of that (Seat::calm)
// have one request begun, and one more for each that was answered, and those
// that go on are told GOAWAY with ENHANCE_YOUR_CALM.
std::shared_ptr<Session> MakeHttp2Session(
    EventLoop& loop, std::unique_ptr<Connection> connection,
    std::unique_ptr<Seat> seat, Dispatcher& dispatcher,
    const SessionLimits& limits, std::function<void()> closed);

}  // namespace welfare::gateway
