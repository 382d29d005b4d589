#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>
#include <vector>

#include "services/platform/observe/metrics.h"

namespace welfare::platform {

// Observes the calls of a server: it counts every call of the named services
// in grpc_server_started_total, grpc_server_handled_total and
// grpc_server_handling_seconds, and writes one line of access log per call.
//
// Invariants:
//   Every method of the services stands at 0 from the start, with every code.
//   A call looks nothing up in the registry.
class ServerMetrics final
    : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // `services` are full names ("welfare.survey.v1.SurveyService") whose
  // descriptors are linked in.
  ServerMetrics(const std::vector<std::string>& services,
                MetricsRegistry& metrics);
  ~ServerMetrics() override;

  // nullptr for methods of other services (health, reflection): not counted.
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override;

 private:
  class Observer;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
