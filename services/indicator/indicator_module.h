// The indicators as a part of a process: what they are made of, and in which
// order.
#pragma once

#include <memory>
#include <vector>

#include "services/platform/process/rpc_module.h"

namespace welfare::indicator {

// Needs no database: it computes and remembers nothing that is not derived.
class IndicatorModule final : public platform::RpcModule {
 public:
  IndicatorModule();
  ~IndicatorModule() override;

 private:
  struct Parts;

  absl::StatusOr<std::vector<grpc::Service*>> Build(
      platform::ModuleContext& context) override;

  std::unique_ptr<Parts> parts_;
};

}  // namespace welfare::indicator
