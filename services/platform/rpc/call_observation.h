// The half of a server's observation that the wrappers of handler.h hold; the
// other half, which begins every call, is server_metrics.h.
#pragma once

#include <grpcpp/support/status_code_enum.h>

#include <chrono>
#include <string_view>

namespace grpc {
class ServerContextBase;
}

namespace welfare::platform {

struct MethodMetrics;

// One call that is observed by the wrapper that answers it (handler.h) instead
// of an interceptor. With an interceptor gRPC sends every step of a call
// through its completion queue once more: of a read from memory its own time
// was then 1.7 times that of a bare echo, and is 1.4 times without (profile
// of GetMunicipality, gRPC 1.51).
//
// Raw methods observe themselves: gRPC parses nothing for them, so each of
// their calls reaches its wrapper. A call of another method may end before
// that (its message cannot be parsed), and keeps the interceptor.
class CallObservation {
 public:
  // Does nothing at its end.
  CallObservation() = default;
  // Takes over the call that gRPC has begun on this thread. With `raw` false,
  // or where an interceptor is at work already, it does nothing at its end.
  CallObservation(const grpc::ServerContextBase& context, bool raw);

  // Counts the call and writes its line of access log.
  void End(const grpc::ServerContextBase& context, grpc::StatusCode code,
           std::string_view request_id);

 private:
  MethodMetrics* method_ = nullptr;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace welfare::platform
