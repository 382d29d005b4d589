#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/process/module.h"

namespace welfare::gateway {

// The gateway as a part of a process: composition root. `--listen` is for
// gRPC and `--http-listen` for HTTP/JSON by habit only: both speak both.
class GatewayModule final : public platform::Module {
 public:
  GatewayModule();
  ~GatewayModule() override;

  std::string_view name() const override { return "gateway"; }
  std::vector<platform::Setting> settings() const override;
  std::vector<absl::Status> CheckSettings(
      const platform::Config& config) const override;
  absl::Status Start(platform::ModuleContext& context) override;
  void Drain() override;
  void Stop(std::chrono::system_clock::time_point deadline) override;

  // Where it answers, by HTTP/JSON and by gRPC: "127.0.0.1:41234". Once
  // started.
  const std::string& http_address() const;

 private:
  absl::Status MakeAuthenticator(platform::ModuleContext& context);
  // Shows what is in flight, whenever somebody asks for metrics.
  void ShowLoad(platform::MetricsRegistry& metrics) const;
  // By what foreign services are called by TLS, where any is.
  absl::Status MakeForeignTls(platform::ModuleContext& context);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::gateway
