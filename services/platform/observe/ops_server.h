#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/observe/readiness.h"

namespace welfare::platform {

// Answers those who watch over the process, over plain HTTP and with no data:
//   /metrics  the registry in Prometheus's text format
//   /livez    200 while the process can answer at all
//   /readyz   200, or 503 and lines that name what is not ready
// One thread of its own, which waits for nobody: a request has `head_timeout`
// to arrive and its answer `send_timeout` to be taken, each connection carries
// one request, and where all places are taken the one that has waited longest
// for its client makes room. The destructor ends it.
class OpsServer {
 public:
  struct Options {
    std::string address;  // "127.0.0.1:7190"; port 0 takes a free one
    std::size_t max_connections = 64;
    std::chrono::milliseconds head_timeout{5000};
    std::chrono::milliseconds send_timeout{10000};
  };

  // Listens; `metrics` and `readiness` outlive the server.
  //
  // Errors: FAILED_PRECONDITION, reason ADDRESS_UNAVAILABLE: it is taken or no
  //   address of this machine.
  static absl::StatusOr<std::unique_ptr<OpsServer>> Start(
      const Options& options, const MetricsRegistry& metrics,
      const Readiness& readiness);
  ~OpsServer();
  OpsServer(const OpsServer&) = delete;
  OpsServer& operator=(const OpsServer&) = delete;

  int port() const;

 private:
  struct State;
  explicit OpsServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
