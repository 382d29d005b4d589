#include "services/platform/rpc/rpc_server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

// Details of errors may be this large; see status_mapping.h.
constexpr int kMaxMetadataBytes = 256 * 1024;

// gRPC's own remarks go where ours go, in the same form. What it calls an
// error is mostly somebody else's, and ours where we say so ourselves.
void LogOfGrpc(gpr_log_func_args* args) {
  Log(args->severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning
                                               : LogLevel::kDebug,
      "grpc",
      {{"remark", std::string_view(args->message)},
       {"source", std::string_view(args->file)},
       {"line", args->line}});
}

void InitOnce() {
  static const bool done = [] {
    gpr_set_log_function(&LogOfGrpc);
    // The distribution's Abseil is a debug build: every lock inside gRPC is
    // entered in one graph of the process, under one lock, to find cycles.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(done);
}

}  // namespace

struct RpcServer::State {
  Options options;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
  std::mutex mutex;
  std::condition_variable_any changed;
  bool draining = false;
  bool down = false;
  std::jthread watcher;  // last: ends before the server does

  void SetReady(bool ready) {
    auto* health = server->GetHealthCheckService();
    health->SetServingStatus("", ready);
    health->SetServingStatus("readiness", ready);
  }

  void Watch(const std::stop_token& stop) {
    bool last = true;
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, stop, options.ready_interval,
                             [&] { return draining || down; })) {
      if (stop.stop_requested()) return;
      lock.unlock();
      const absl::Status status = options.ready();
      lock.lock();
      if (draining || down) return;
      if (status.ok() != last) {
        last = status.ok();
        SetReady(last);
        if (last) {
          LogInfo("ready again");
        } else {
          LogStatus(LogLevel::kWarning, "not ready", status);
        }
      }
    }
  }
};

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(
    const Options& options) {
  InitOnce();
  auto state = std::make_unique<State>();
  state->options = options;
  grpc::ServerBuilder builder;
  // Otherwise a second process could share a taken port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // Its counts of calls and messages are not served; ours are.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  if (options.connection_age.count() > 0) {
    builder.AddChannelArgument(
        GRPC_ARG_MAX_CONNECTION_AGE_MS,
        static_cast<int>(options.connection_age.count()));
    builder.AddChannelArgument(
        GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
        static_cast<int>(options.connection_age_grace.count()));
  }
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  std::vector<int> ports(options.addresses.size(), 0);
  for (std::size_t i = 0; i < options.addresses.size(); ++i) {
    builder.AddListeningPort(options.addresses[i],
                             options.credentials != nullptr
                                 ? options.credentials
                                 : grpc::InsecureServerCredentials(),
                             &ports[i]);
  }
  for (grpc::Service* service : options.services) {
    builder.RegisterService(service);
  }
  state->server = builder.BuildAndStart();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (state->server == nullptr || ports[i] == 0) {
      // With no server it is the first address that got no port.
      if (state->server != nullptr || ports[i] == 0) {
        return AddressUnavailable(options.addresses[i],
                                  "it is taken or cannot be used");
      }
    }
  }
  if (state->server == nullptr) {
    return AddressUnavailable("nothing", "no address was given");
  }
  state->port = ports.empty() ? 0 : ports.front();
  auto* health = state->server->GetHealthCheckService();
  health->SetServingStatus("liveness", true);
  bool ready = true;
  if (options.ready) {
    const absl::Status status = options.ready();
    ready = status.ok();
    if (!ready) LogStatus(LogLevel::kWarning, "not ready", status);
  }
  state->SetReady(ready);
  auto server = std::unique_ptr<RpcServer>(new RpcServer(std::move(state)));
  if (options.ready) {
    server->state_->watcher =
        std::jthread([state = server->state_.get()](
                         const std::stop_token& stop) { state->Watch(stop); });
  }
  return server;
}

RpcServer::RpcServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

RpcServer::~RpcServer() { Shutdown(std::chrono::system_clock::now()); }

void RpcServer::Drain() {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->draining) return;
    state_->draining = true;
    state_->SetReady(false);
  }
  state_->changed.notify_all();
}

void RpcServer::Shutdown(std::chrono::system_clock::time_point deadline) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->down) return;
    state_->down = true;
  }
  state_->changed.notify_all();
  if (state_->watcher.joinable()) {
    state_->watcher.request_stop();
    state_->watcher.join();
  }
  state_->server->Shutdown(deadline);
  state_->server->Wait();
}

int RpcServer::port() const { return state_->port; }

}  // namespace welfare::platform
