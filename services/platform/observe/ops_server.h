#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/observe/metrics.h"

namespace welfare::platform {

// Serves GET /metrics of one registry over plain HTTP, for the monitoring
// system only. Threads of its own; the destructor stops them.
class OpsServer {
 public:
  // Listens on `address` ("127.0.0.1:7190"; port 0 takes a free one).
  //
  // Errors: FAILED_PRECONDITION, reason ADDRESS_UNAVAILABLE: it is taken or no
  //   address of this machine.
  static absl::StatusOr<std::unique_ptr<OpsServer>> Start(
      const std::string& address, MetricsRegistry& metrics);
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
