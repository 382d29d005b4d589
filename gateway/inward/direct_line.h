#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace welfare::gateway {

class EventLoop;

// Metadata of a call: lower-case keys; values of `-bin` keys are raw bytes.
using Metadata = std::vector<std::pair<std::string, std::string>>;

// A unary gRPC call.
struct DirectRequest {
  std::string_view method;  // "/welfare.registry.v1.RegistryService/GetRoster"
  const Metadata& metadata;
  std::optional<std::chrono::system_clock::time_point> deadline;
  std::string_view message;
};

// What a service has answered, or that it did not by the deadline
// (DEADLINE_EXCEEDED without details).
struct DirectAnswer {
  int code = 0;
  std::string status_message;
  std::string details;  // the bytes of grpc-status-details-bin
  Metadata initial_metadata;
  Metadata trailing_metadata;
  std::string message;
};

// A connection of one loop to a service on this machine, over which unary gRPC
// calls are made without leaving the loop: HTTP/2 by libnghttp2. It carries
// what goes well. Whatever else happens - it is not connected, the service
// leaves or breaks the protocol - is told as such, and the call is made over
// gRPC's own channel, which knows how to wait and to repeat.
//
// Used on its loop; callbacks come on it, never within a call of this class.
class DirectLine {
 public:
  // Nothing: it was not carried to an answer.
  using Then = std::function<void(std::optional<DirectAnswer> answer)>;

  // True for addresses of this machine: "unix:/path", "unix-abstract:name",
  // and a loopback IP address with a port.
  static bool Reaches(std::string_view address);

  // `user_agent` is what the service hears of who calls. Connects at the first
  // call. REQUIRES: Reaches(address).
  DirectLine(EventLoop& loop, std::string_view address, std::string user_agent);
  ~DirectLine();
  DirectLine(const DirectLine&) = delete;
  DirectLine& operator=(const DirectLine&) = delete;

  // Begins a call; its number, for Cancel. Nothing where the line is not there
  // (yet): then nothing was begun, and `then` is not called.
  std::optional<std::int32_t> Call(const DirectRequest& request, Then then);
  // `then` is not called any more, and the service is told.
  void Cancel(std::int32_t call);

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace welfare::gateway
