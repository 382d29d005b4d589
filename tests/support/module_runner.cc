#include "tests/support/module_runner.h"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

#include "services/base/error.h"
#include "services/platform/process/process.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/grpc_lifetime.h"

namespace welfare::support {
ModuleRunner::ModuleRunner(std::unique_ptr<platform::Module> module,
                           std::vector<std::string> flags)
    : flags_(std::move(flags)), module_(std::move(module)) {
  platform::KeepGrpcForTheProcess();
}

ModuleRunner::~ModuleRunner() {
  Stop();
  module_.reset();  // before what its context lends it
}

void ModuleRunner::SetPeer(const std::string& name,
                           const std::string& address) {
  peers_[name] = {.address = address,
                  .credentials = nullptr,
                  .caller = std::string(module_->name())};
}

absl::Status ModuleRunner::Start() {
  std::vector<std::unique_ptr<platform::Module>> modules;
  modules.push_back(std::move(module_));
  const std::vector<platform::Setting> settings =
      platform::CommonSettings(modules);
  module_ = std::move(modules.front());
  WELFARE_ASSIGN_OR_RETURN(
      platform::Config config,
      platform::Config::Parse(
          "test", flags_,
          [](const std::string&) { return std::optional<std::string>(); },
          settings));
  config_ = std::make_unique<platform::Config>(std::move(config));
  const std::string& url = config_->Get("database-url");
  context_ =
      std::make_unique<platform::ModuleContext>(platform::ModuleContext::Parts{
          .name = std::string(module_->name()),
          .config = *config_,
          .metrics = metrics_,
          .clock = clock_,
          .cache = shared_cache_ == nullptr ? cache_ : *shared_cache_,
          .listen = {address()},
          .peers = peers_,
          .database_url =
              url.empty() ? "sqlite:" + folder_.File("module.db") : url,
          .assets_dir = config_->Get("assets-dir"),
          .readiness = nullptr,
          .pause = {},
          .identify = identify_});
  absl::Status status = module_->Start(*context_);
  started_ = status.ok();
  return status;
}

void ModuleRunner::Stop() {
  if (!std::exchange(started_, false)) return;
  module_->Drain();
  module_->Stop(std::chrono::system_clock::now() + std::chrono::seconds(5));
}

std::string ModuleRunner::address() const {
  return "unix:" + folder_.File("module.sock");
}

std::shared_ptr<grpc::Channel> ModuleRunner::channel() const {
  return platform::MakeChannel({address()});
}

ServiceRunner::ServiceRunner(grpc::Service& service) {
  platform::KeepGrpcForTheProcess();
  auto server = platform::RpcServer::Start(
      {.addresses = {address()}, .services = {&service}, .ready = {}});
  if (!server.ok()) {
    throw std::runtime_error(std::string(server.status().message()));
  }
  server_ = *std::move(server);
}

ServiceRunner::~ServiceRunner() = default;

std::string ServiceRunner::address() const {
  return "unix:" + folder_.File("service.sock");
}

std::shared_ptr<grpc::Channel> ServiceRunner::channel() const {
  return platform::MakeChannel({address()});
}

}  // namespace welfare::support
