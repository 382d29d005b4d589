#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/budgets/rate_floor.h"

namespace welfare::gateway {

class Connection;
class EventLoop;
class Seat;

struct Header {
  std::string name;  // lower case
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

// The value of the first header of that name; null when there is none.
inline const std::string* FindHeader(const std::vector<Header>& headers,
                                     std::string_view name) {
  for (const Header& header : headers) {
    if (header.name == name) return &header.value;
  }
  return nullptr;
}

// The head of one request, whatever version of HTTP brought it.
struct RequestHead {
  int http_major = 1;
  std::string method;  // "GET"
  std::string target;  // path and query as sent, starting with "/", or "*"
  std::string authority;
  std::vector<Header> headers;  // no pseudo headers, no framing headers
  std::optional<std::uint64_t> content_length;
};

struct ResponseHead {
  int status = 200;
  std::vector<Header> headers;
  std::optional<std::uint64_t> content_length;
};

// One request and its response, as a session offers it to a handler. Used on
// the loop only. Valid until the handler has called SendEnd, Reset or BreakOff,
// or was told OnClosed; after any of these neither side calls the other.
class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual EventLoop& loop() = 0;
  virtual const RequestHead& request() const = 0;
  // The connection that brought it; only as long as the request itself.
  virtual const Connection& connection() const = 0;
  // The place of that connection among all, for what the request holds.
  virtual const Seat& seat() const = 0;

  // Gives back `bytes` of the request body that OnBody delivered, so that the
  // caller may send more. Nothing is given back by itself.
  virtual void Consume(std::size_t bytes) = 0;

  // Once, before the body. For HEAD the body is dropped, its length kept.
  virtual void SendHead(ResponseHead head) = 0;
  virtual void SendBody(std::string bytes) = 0;
  // Ends the response; `trailers` are dropped on HTTP/1.1.
  virtual void SendEnd(std::vector<Header> trailers) = 0;
  // Breaks the response off so that the caller can tell: RST_STREAM, or the
  // connection closed before its body ended.
  virtual void Reset() = 0;
  // The same, once what was sent has gone out. REQUIRES: the head was sent,
  // without a content length.
  virtual void BreakOff() = 0;
  // Bytes of the body not yet handed to the network. A handler stops sending
  // above kHighWater until OnWritable.
  virtual std::size_t pending() const = 0;

  static constexpr std::size_t kHighWater = 64 * 1024;
};

// What answers one request. Called on the loop only.
class ExchangeHandler {
 public:
  virtual ~ExchangeHandler() = default;

  virtual void OnBody(std::string_view bytes) = 0;
  virtual void OnBodyEnd() = 0;
  // pending() has fallen below kHighWater again.
  virtual void OnWritable() = 0;
  // Whether it can do nothing until more of the body comes, as far as it knows.
  // As long as it does, the body has to come at SessionLimits::body.
  virtual bool WaitsForBody() const { return false; }
  // It does not: to be refused.
  virtual void OnTooSlow() {}
  // The gateway stops soon: what only waits ends, what works goes on.
  virtual void OnDrain() {}
  // The caller has gone, or the gateway stops; the exchange is gone too.
  virtual void OnClosed() = 0;
};

// Makes the handler of a request. The exchange lives as Exchange says.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  virtual std::shared_ptr<ExchangeHandler> Dispatch(Exchange& exchange) = 0;
  // Whether the request waits behind no other: it is answered at once, from
  // what is at hand.
  virtual bool IsUrgent(const RequestHead& /*request*/) const { return false; }
};

// Limits of a session. The sizes are bytes.
struct SessionLimits {
  std::size_t header_list = 16 * 1024;
  std::size_t header_lines = 100;
  std::uint32_t concurrent_streams = 100;
  std::uint32_t stream_window = 64 * 1024;
  std::int32_t connection_window = 1024 * 1024;
  // From the connection, or the first byte of a request, to its whole head.
  std::int64_t header_timeout_ms = 10'000;
  // A connection without requests.
  std::int64_t idle_timeout_ms = 75'000;
  // One write to the network that does not end.
  std::int64_t stall_timeout_ms = 60'000;
  // How fast a body must come that its handler waits for, and how fast an
  // answer must be taken.
  RateFloor::Options body{.grace = std::chrono::milliseconds(10'000)};
  RateFloor::Options answer{.grace = std::chrono::milliseconds(30'000)};
  // How often that is looked at.
  std::chrono::milliseconds look_every{1000};
};

// One connection's protocol. Used on its loop only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  virtual ~Session() = default;
  // Begins with the bytes that were read while telling the protocols apart.
  virtual void Start(std::string first_bytes) = 0;
  // Takes no new requests, finishes those under way, then closes.
  virtual void Drain() = 0;
  // Closes at once; handlers are told OnClosed.
  virtual void Abort() = 0;
};

}  // namespace welfare::gateway
