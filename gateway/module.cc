#include "gateway/module.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/channel.h>

#include <array>
#include <string>
#include <utility>

#include "gateway/calls/backend.h"
#include "gateway/calls/request_metrics.h"
#include "gateway/calls/router.h"
#include "gateway/edge/listener.h"
#include "gateway/edge/tls_context.h"
#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/process/settings.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/rpc_server.h"

namespace welfare::gateway {
namespace {

struct Peer {
  std::string_view module;
  std::string_view service;
};

constexpr std::array<Peer, 4> kPeers = {{
    {"registry", "welfare.registry.v1.RegistryService"},
    {"survey", "welfare.survey.v1.SurveyService"},
    {"indicator", "welfare.indicator.v1.IndicatorService"},
    {"report", "welfare.report.v1.ReportService"},
}};

// Connections per backend: one carries its calls over one core only.
constexpr int kChannelsPerBackend = 2;

// Calls of backends are cancelled when their callers are gone; this is how
// long gRPC may take to say so.
constexpr std::chrono::seconds kCancelGrace{5};

}  // namespace

struct GatewayModule::State {
  // In the order in which they need each other.
  CallCount calls;
  std::vector<std::unique_ptr<Backend>> backends;
  std::unique_ptr<RequestMetrics> metrics;
  std::unique_ptr<Routing> routing;
  std::unique_ptr<Router> router;
  std::unique_ptr<TlsContext> tls;  // null: plain
  std::unique_ptr<Listener> listener;
  std::unique_ptr<platform::RpcServer> admin;
  bool stopped = false;
};

GatewayModule::GatewayModule() = default;

GatewayModule::~GatewayModule() { Stop(std::chrono::system_clock::now()); }

std::vector<platform::Setting> GatewayModule::settings() const {
  return {{.name = "http-listen",
           .help = "address of the gateway for HTTP/JSON",
           .default_value = "127.0.0.1:7180",
           .kind = platform::Setting::Kind::kTcpListen},
          {.name = "admin-listen",
           .help = "gRPC address of the gateway for operators: health, "
                   "reflection",
           .default_value = "127.0.0.1:7189",
           .kind = platform::Setting::Kind::kLocalListen}};
}

absl::Status GatewayModule::Start(platform::ModuleContext& context) {
  state_ = std::make_unique<State>();
  State& state = *state_;
  BackendTable table;
  for (const Peer& peer : kPeers) {
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (int i = 0; i < kChannelsPerBackend; ++i) {
      channels.push_back(platform::MakeChannel(context.Peer(peer.module)));
    }
    state.backends.push_back(std::make_unique<Backend>(channels, state.calls));
    table[std::string(peer.service)] = state.backends.back().get();
  }
  state.metrics = std::make_unique<RequestMetrics>(context.metrics());
  WELFARE_ASSIGN_OR_RETURN(
      state.routing,
      Routing::Make(*google::protobuf::DescriptorPool::generated_pool(),
                    std::move(table), Routing::Options{}, *state.metrics,
                    platform::MakeRequestId));
  state.router = std::make_unique<Router>(*state.routing);
  if (platform::TlsFiles files = platform::TlsFilesOf(context.config());
      files.any()) {
    WELFARE_ASSIGN_OR_RETURN(
        state.tls,
        TlsContext::Make(
            {.files = std::move(files),
             .client_certificate_required =
                 context.config().Get("tls-client-cert") == "required"},
            context.metrics(), context.clock()));
  }
  state.listener = std::make_unique<Listener>(
      Listener::Options{.limits = {}, .tls = state.tls.get()}, *state.router);

  const auto listen = [&state](std::string_view listener,
                               const std::string& address) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const std::string bound,
                             state.listener->Listen(address));
    platform::LogInfo("module serves", {{"module", "gateway"},
                                        {"listener", listener},
                                        {"address", bound},
                                        {"tls", state.tls != nullptr}});
    return absl::OkStatus();
  };
  for (const std::string& address : context.listen()) {
    // Processes of the platform's own call the services, not the gateway.
    if (address.starts_with("unix")) continue;
    WELFARE_RETURN_IF_ERROR(listen("grpc", address));
  }
  WELFARE_RETURN_IF_ERROR(listen("http", context.config().Get("http-listen")));

  const std::string& admin = context.config().Get("admin-listen");
  WELFARE_ASSIGN_OR_RETURN(
      state.admin,
      platform::RpcServer::Start({.addresses = {admin},
                                  .services = {},
                                  .ready = [&state]() -> absl::Status {
                                    if (state.routing->draining)
                                      return platform::ShuttingDown();
                                    return absl::OkStatus();
                                  }}));
  platform::LogInfo(
      "module serves",
      {{"module", "gateway"},
       {"listener", "admin"},
       {"address", state.admin->port() == 0
                       ? admin
                       : admin.substr(0, admin.rfind(':') + 1) +
                             std::to_string(state.admin->port())}});
  state.listener->Start();
  context.ReportServing();
  return absl::OkStatus();
}

void GatewayModule::Drain() {
  if (state_ == nullptr || state_->routing == nullptr) return;
  state_->routing->draining = true;
  if (state_->admin != nullptr) state_->admin->Drain();
}

void GatewayModule::Stop(std::chrono::system_clock::time_point deadline) {
  if (state_ == nullptr || state_->stopped) return;
  State& state = *state_;
  state.stopped = true;
  const auto now = std::chrono::system_clock::now();
  const auto left = deadline > now
                        ? std::chrono::duration_cast<std::chrono::milliseconds>(
                              deadline - now)
                        : std::chrono::milliseconds(0);
  const auto until = std::chrono::steady_clock::now() + left;
  if (state.listener != nullptr) {
    state.listener->Drain();
    state.listener->CloseAll(until);
    state.routing->transcoding->Stop();
    // gRPC's threads post to the loops until the last call has ended.
    if (!state.calls.WaitForNone(kCancelGrace)) {
      platform::LogWarning("calls of backends did not end in time", {});
    }
    state.listener->Stop();
  }
  if (state.admin != nullptr) state.admin->Shutdown(deadline);
}

}  // namespace welfare::gateway
