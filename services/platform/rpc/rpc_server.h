#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace grpc {
class ServerCredentials;
class Service;
}  // namespace grpc

namespace welfare::platform {

// One module's gRPC server with grpc.health.v1 (names "", "readiness",
// "liveness") and reflection. Start it when everything it serves is ready; any
// thread may call it afterwards. Metrics and access log are those of the
// services (MethodTable).
class RpcServer {
 public:
  struct Options {
    // "127.0.0.1:7101", "unix:/path", "unix-abstract:name"; port 0 takes a
    // free one.
    std::vector<std::string> addresses;
    // At all of them; null: plain.
    std::shared_ptr<grpc::ServerCredentials> credentials = nullptr;
    std::vector<grpc::Service*> services;  // outlive the server
    // Asked about once a second: readiness and "" follow it. Liveness never
    // does, so a database that is down restarts nothing.
    std::function<absl::Status()> ready;
    std::chrono::milliseconds ready_interval{1000};
    // How long a connection takes new calls, give or take a tenth; its caller
    // then makes another, and may meet another replica. 0: for ever.
    std::chrono::milliseconds connection_age{0};
    // How long what is under way on it may go on after that.
    std::chrono::milliseconds connection_age_grace{300'000};
    // Largest message taken: twice what the gateway passes on. What a message
    // becomes in memory may be many times as large.
    int max_message_bytes = 8 * 1024 * 1024;
  };

  // Errors: FAILED_PRECONDITION, reason ADDRESS_UNAVAILABLE: an address is
  //   taken or cannot be used.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(
      const Options& options);
  // Shuts down at once.
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // Health says NOT_SERVING from now on (liveness aside); calls are answered.
  void Drain();

  // Takes no more calls, waits for running ones until `deadline`, then cancels
  // them and waits for their handlers.
  void Shutdown(std::chrono::system_clock::time_point deadline);

  // The port of the first address, when it is one of TCP.
  int port() const;

 private:
  struct State;
  explicit RpcServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
