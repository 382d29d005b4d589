// A registry whose behaviour is chosen by the name that is asked for: every
// way a handler can end.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/process/rpc_module.h"

namespace grpc {
class Service;
}

namespace welfare::platform {

class Database;
struct CallEnvironment;

// What its handlers saw, and what they wait for.
struct FakeRegistryState {
  std::atomic<int> calls{0};
  std::atomic<int> watchers{0};
  std::atomic<int> made{0};  // messages of streams
  std::atomic<int> importing{0};
  std::atomic<int> imported{0};
  std::atomic<bool> release{false};
  std::atomic<bool> saw_cancel{false};
  std::atomic<std::int64_t> deadline_ms{0};
};

// `calls` and `state` outlive the service.
std::unique_ptr<grpc::Service> MakeFakeRegistry(const CallEnvironment& calls,
                                                FakeRegistryState& state);

// The same as a module.
class FakeRegistryModule final : public RpcModule {
 public:
  explicit FakeRegistryModule(const Options& options = {});
  ~FakeRegistryModule() override;

  using RpcModule::feed;
  FakeRegistryState& registry() { return state_; }
  std::atomic<bool> ready{true};

 private:
  absl::StatusOr<std::vector<grpc::Service*>> Build(
      ModuleContext& context) override;
  absl::Status Ready() override;

  FakeRegistryState state_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<grpc::Service> registry_;
};

}  // namespace welfare::platform
