#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/process/module.h"
#include "services/platform/rpc/rpc_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace welfare::support {

// A real module behind a real server on a unix socket in a temporary folder,
// with a fake clock, its cache in memory, and its database in that folder or
// at the flag --database-url.
//
//   ModuleRunner runner(std::make_unique<RegistryModule>());
//   ASSERT_OK(runner.Start());
//   auto stub = v1::RegistryService::NewStub(runner.channel());
//
// Peers are other servers: SetPeer("registry", fake.address()) before Start.
class ModuleRunner {
 public:
  // `flags` as on the command line: {"--redis-url", "..."}.
  explicit ModuleRunner(std::unique_ptr<platform::Module> module,
                        std::vector<std::string> flags = {});
  ~ModuleRunner();

  void SetPeer(const std::string& name, const std::string& address);
  // Has the module use `cache`, which outlives the runner, instead of one of
  // its own: what a Redis of several platforms is. Before Start.
  void ShareCache(platform::Cache& cache) { shared_cache_ = &cache; }
  // Has calls identified so. Before Start.
  void Identify(platform::IdentityHook identify) {
    identify_ = std::move(identify);
  }
  absl::Status Start();
  // Drains and stops, as the end of a process does.
  void Stop();

  std::string address() const;
  std::shared_ptr<grpc::Channel> channel() const;
  FakeClock& clock() { return clock_; }
  platform::MetricsRegistry& metrics() { return metrics_; }
  platform::Module& module() { return *module_; }
  const TempDir& folder() const { return folder_; }

 private:
  TempDir folder_;
  FakeClock clock_;
  platform::MetricsRegistry metrics_;
  platform::MemoryCache cache_{{}, metrics_};
  platform::Cache* shared_cache_ = nullptr;
  std::vector<std::string> flags_;
  platform::IdentityHook identify_;
  std::map<std::string, platform::PeerEndpoint> peers_;
  std::unique_ptr<platform::Config> config_;
  std::unique_ptr<platform::ModuleContext> context_;
  std::unique_ptr<platform::Module> module_;
  bool started_ = false;
};

// A fake peer (an object derived from a generated service, or a MethodTable)
// behind a real server on a unix socket in a temporary folder.
class ServiceRunner {
 public:
  // REQUIRES: `service` outlives the runner.
  explicit ServiceRunner(grpc::Service& service);
  ~ServiceRunner();

  std::string address() const;
  std::shared_ptr<grpc::Channel> channel() const;
  platform::RpcServer& server() { return *server_; }

 private:
  TempDir folder_;
  std::unique_ptr<platform::RpcServer> server_;
};

}  // namespace welfare::support
