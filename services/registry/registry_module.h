// The registry as a part of a process: what it is made of, and in which order.
#pragma once

#include <memory>
#include <vector>

#include "services/platform/process/rpc_module.h"

namespace welfare::registry {

class RegistryModule final : public platform::RpcModule {
 public:
  RegistryModule();
  ~RegistryModule() override;

 private:
  struct Parts;

  absl::StatusOr<std::vector<grpc::Service*>> Build(
      platform::ModuleContext& context) override;
  // Asked every second: also looks for commits of other processes.
  absl::Status Ready() override;
  void StopWorkers() override;

  std::unique_ptr<Parts> parts_;
};

}  // namespace welfare::registry
