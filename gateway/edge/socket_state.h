#pragma once

#include <poll.h>

#include <boost/asio/ip/tcp.hpp>

namespace welfare::gateway {

// Whether the other side has ended its half or broken off, though what it sent
// before may not have been read yet. One system call.
inline bool HasLeft(boost::asio::ip::tcp::socket& socket) {
  pollfd ends{.fd = socket.native_handle(), .events = POLLRDHUP, .revents = 0};
  return poll(&ends, 1, 0) == 1;
}

}  // namespace welfare::gateway
