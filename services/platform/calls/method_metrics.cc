#include "services/platform/calls/method_metrics.h"

#include <google/protobuf/descriptor.h>

#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

// As other gRPC metrics libraries spell them, so that shared dashboards fit.
constexpr std::array<const char*, 17> kCodeNames = {"OK",
                                                    "Canceled",
                                                    "Unknown",
                                                    "InvalidArgument",
                                                    "DeadlineExceeded",
                                                    "NotFound",
                                                    "AlreadyExists",
                                                    "PermissionDenied",
                                                    "ResourceExhausted",
                                                    "FailedPrecondition",
                                                    "Aborted",
                                                    "OutOfRange",
                                                    "Unimplemented",
                                                    "Internal",
                                                    "Unavailable",
                                                    "DataLoss",
                                                    "Unauthenticated"};

const char* TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming() && method.server_streaming()) {
    return "bidi_stream";
  }
  if (method.client_streaming()) return "client_stream";
  if (method.server_streaming()) return "server_stream";
  return "unary";
}

}  // namespace

MethodMetrics::MethodMetrics(const google::protobuf::MethodDescriptor& method,
                             MetricsRegistry& metrics)
    : path_("/" + method.service()->full_name() + "/" + method.name()) {
  static_assert(kCodeNames.size() == kCodes);
  MetricLabels labels = {{"grpc_service", method.service()->full_name()},
                         {"grpc_method", method.name()},
                         {"grpc_type", TypeOf(method)}};
  started_ =
      &metrics.AddCounter("grpc_server_started_total", "Calls begun.", labels);
  seconds_ = &metrics.AddHistogram("grpc_server_handling_seconds",
                                   "Duration of calls.",
                                   MetricsRegistry::CallSeconds(), labels);
  for (std::size_t code = 0; code < kCodes; ++code) {
    labels["grpc_code"] = kCodeNames[code];
    handled_[code] = &metrics.AddCounter("grpc_server_handled_total",
                                         "Calls ended, by code.", labels);
  }
}

void MethodMetrics::CountEnd(std::chrono::steady_clock::time_point start,
                             grpc::StatusCode status, const Line& line) {
  const auto code = static_cast<std::size_t>(status);
  const std::size_t known = code < kCodes ? code : 2;
  const auto taken = std::chrono::steady_clock::now() - start;
  handled_[known]->Increment();
  seconds_->Observe(std::chrono::duration<double>(taken).count());
  const bool failed = known == 13 || known == 15;
  (failed ? Log : LogBatched)(
      failed ? LogLevel::kWarning : LogLevel::kInfo, "call",
      {{"method", path_},
       {"code", kCodeNames[known]},
       {"seconds",
        std::chrono::duration_cast<std::chrono::microseconds>(taken)},
       {"request_id", line.request_id},
       {"principal", line.principal},
       {"peer", line.peer},
       LogField::IfAny("trace_id", line.trace_id)});
}

}  // namespace welfare::platform
