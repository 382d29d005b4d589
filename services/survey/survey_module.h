#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/platform/process/rpc_module.h"

namespace welfare::survey {

// The survey service as a part of a process: opens its database, connects to
// the registry, serves.
class SurveyModule final : public platform::RpcModule {
 public:
  SurveyModule();
  ~SurveyModule() override;

 private:
  absl::StatusOr<std::vector<grpc::Service*>> Build(
      platform::ModuleContext& context) override;
  absl::Status Ready() override;
  void StopWorkers() override;

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace welfare::survey
