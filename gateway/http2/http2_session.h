#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "gateway/exchange/connection.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// What every HTTP/2 connection begins with (RFC 9113, 3.4).
inline constexpr std::string_view kHttp2Preface =
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// HTTP/2 on one connection, by libnghttp2: many exchanges at a time, each
// with flow control of its own. A connection that floods (resets, SETTINGS,
// PING, CONTINUATION) is closed with GOAWAY. `closed` is called once, last.
std::shared_ptr<Session> MakeHttp2Session(
    EventLoop& loop, std::unique_ptr<Connection> connection,
    Dispatcher& dispatcher, const SessionLimits& limits,
    std::function<void()> closed);

}  // namespace welfare::gateway
