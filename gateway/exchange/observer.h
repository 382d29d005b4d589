#pragma once

#include <chrono>
#include <string_view>

namespace welfare::gateway {

// Told of every request when its response has ended; counts and logs. Called
// from any loop at the same time.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;

  // `route` is a template ("/v1/{name=municipalities/*}"), a gRPC method, or
  // "unmatched": never text of the caller's. `code` is the HTTP status; of a
  // gRPC call, that of its gRPC status; 499 when the caller left.
  virtual void OnRequest(std::string_view route, std::string_view method,
                         int code, std::string_view request_id,
                         std::chrono::microseconds took) = 0;

  // A call was refused for what there is too much of: `for_what` is one of
  // caller_rate, backend_busy, backend_silent, peer_share, process_full.
  virtual void OnRefused(std::string_view /*for_what*/) {}
};

}  // namespace welfare::gateway
