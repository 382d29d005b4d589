#include "services/platform/rpc/server_metrics.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/interceptor.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string_view>
#include <unordered_map>

#include "services/platform/observe/log.h"
#include "services/platform/rpc/call_observation.h"

namespace welfare::platform {
namespace {

// As other gRPC metrics libraries spell them, so that shared dashboards fit.
constexpr std::array<const char*, 17> kCodes = {"OK",
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

// The call that this thread has begun and not yet handed to its method. gRPC
// asks for interceptors and calls the method on one thread, one after the
// other.
struct BegunCall {
  const grpc::ServerContextBase* context = nullptr;
  MethodMetrics* method = nullptr;
  std::chrono::steady_clock::time_point start;
  bool intercepted = false;
};

BegunCall& ThisThreadsCall() {
  thread_local BegunCall call;
  return call;
}

}  // namespace

struct MethodMetrics {
  std::string name;  // "/welfare.survey.v1.SurveyService/GetRound"
  Counter* started = nullptr;
  std::array<Counter*, kCodes.size()> handled{};
  Histogram* seconds = nullptr;
  // Set by the method's first call, when it is raw.
  std::atomic<bool> observes_itself{false};

  void Done(std::chrono::steady_clock::time_point start,
            grpc::StatusCode status, std::string_view request_id,
            std::string_view peer) {
    const auto code = static_cast<std::size_t>(status);
    const std::size_t known = code < kCodes.size() ? code : 2;
    const auto taken = std::chrono::steady_clock::now() - start;
    handled[known]->Increment();
    seconds->Observe(std::chrono::duration<double>(taken).count());
    const bool failed = known == 13 || known == 15;
    (failed ? Log : LogBatched)(
        failed ? LogLevel::kWarning : LogLevel::kInfo, "call",
        {{"method", name},
         {"code", kCodes[known]},
         {"seconds",
          std::chrono::duration_cast<std::chrono::microseconds>(taken)},
         {"request_id", request_id},
         {"peer", peer}});
  }
};

struct ServerMetrics::State {
  std::vector<std::unique_ptr<MethodMetrics>> methods;
  // By the path of the method; keys point into methods.
  std::unordered_map<std::string_view, MethodMetrics*> by_path;
};

// Watches one call.
class ServerMetrics::Observer final : public grpc::experimental::Interceptor {
 public:
  Observer(MethodMetrics& metrics, grpc::ServerContextBase& context,
           std::chrono::steady_clock::time_point start)
      : metrics_(metrics), context_(context), start_(start) {}

  // A call that ends without a status was broken off.
  ~Observer() override {
    if (!done_) Done(grpc::StatusCode::CANCELLED);
  }

  void Intercept(
      grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      peer_ = context_.peer();
    }
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::PRE_SEND_STATUS)) {
      const auto* metadata = methods->GetSendTrailingMetadata();
      if (metadata != nullptr) {
        const auto found = metadata->find("x-request-id");
        if (found != metadata->end()) request_id_ = found->second;
      }
      Done(methods->GetSendStatus().error_code());
    }
    methods->Proceed();
  }

 private:
  void Done(grpc::StatusCode status) {
    if (done_) return;
    done_ = true;
    metrics_.Done(start_, status, request_id_, peer_);
  }

  MethodMetrics& metrics_;
  grpc::ServerContextBase& context_;
  std::chrono::steady_clock::time_point start_;
  std::string request_id_;
  std::string peer_;
  bool done_ = false;
};

CallObservation::CallObservation(const grpc::ServerContextBase& context,
                                 bool raw) {
  BegunCall& call = ThisThreadsCall();
  if (call.context != &context) return;
  if (!call.intercepted) {
    method_ = call.method;
    start_ = call.start;
  } else if (raw) {
    call.method->observes_itself.store(true, std::memory_order_relaxed);
  }
  call = {};
}

void CallObservation::End(const grpc::ServerContextBase& context,
                          grpc::StatusCode code, std::string_view request_id) {
  if (method_ == nullptr) return;
  method_->Done(start_, code, request_id, context.peer());
  method_ = nullptr;
}

ServerMetrics::ServerMetrics(const std::vector<std::string>& services,
                             MetricsRegistry& metrics)
    : state_(std::make_unique<State>()) {
  for (const std::string& name : services) {
    const google::protobuf::ServiceDescriptor* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            name);
    if (service == nullptr) {
      LogWarning("a service has no descriptor and is not counted",
                 {{"service", name}});
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor& method = *service->method(i);
      auto made = std::make_unique<MethodMetrics>();
      made->name = "/" + name + "/" + method.name();
      MetricLabels labels = {{"grpc_service", name},
                             {"grpc_method", method.name()},
                             {"grpc_type", TypeOf(method)}};
      made->started = &metrics.AddCounter("grpc_server_started_total",
                                          "Calls begun.", labels);
      made->seconds = &metrics.AddHistogram(
          "grpc_server_handling_seconds", "Duration of calls.",
          MetricsRegistry::CallSeconds(), labels);
      for (std::size_t code = 0; code < kCodes.size(); ++code) {
        labels["grpc_code"] = kCodes[code];
        made->handled[code] = &metrics.AddCounter(
            "grpc_server_handled_total", "Calls ended, by code.", labels);
      }
      state_->by_path.emplace(made->name, made.get());
      state_->methods.push_back(std::move(made));
    }
  }
}

ServerMetrics::~ServerMetrics() = default;

grpc::experimental::Interceptor* ServerMetrics::CreateServerInterceptor(
    grpc::experimental::ServerRpcInfo* info) {
  if (info->method() == nullptr) return nullptr;
  const auto found = state_->by_path.find(info->method());
  if (found == state_->by_path.end()) return nullptr;
  MethodMetrics& method = *found->second;
  method.started->Increment();
  BegunCall& call = ThisThreadsCall();
  call = {
      .context = info->server_context(),
      .method = &method,
      .start = std::chrono::steady_clock::now(),
      .intercepted = !method.observes_itself.load(std::memory_order_relaxed)};
  if (!call.intercepted) return nullptr;
  return new Observer(method, *info->server_context(), call.start);
}

}  // namespace welfare::platform
