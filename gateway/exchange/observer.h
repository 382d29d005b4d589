#pragma once

#include <chrono>
#include <string_view>

namespace welfare::gateway {

// One request that has been answered. Views live for the call that tells of it.
struct RequestRecord {
  // A template ("/v1/{name=municipalities/*}"), a gRPC method, or "unmatched":
  // never text of the caller's.
  std::string_view route = {};
  std::string_view method = {};
  // The HTTP status; of a gRPC call, that of its gRPC status; 499 when the
  // caller left.
  int code = 0;
  std::string_view request_id = {};
  // Who called, without a name: access::Principal.
  std::string_view principal = {};
  // Of the caller's `traceparent`; empty where it sent none.
  std::string_view trace_id = {};
  std::chrono::microseconds took{0};
};

// Told of every request when its response has ended; counts and logs. Called
// from any loop at the same time.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;

  virtual void OnRequest(const RequestRecord& request) = 0;

  // A call was refused for what there is too much of: `for_what` is one of
  // caller_rate, backend_busy, backend_silent, peer_share, process_full.
  virtual void OnRefused(std::string_view /*for_what*/) {}
};

}  // namespace welfare::gateway
