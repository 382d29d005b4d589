// The report service as a part of a process: what it is made of.
#pragma once

#include <memory>
#include <vector>

#include "services/platform/process/rpc_module.h"

namespace welfare::report {

class ReportModule final : public platform::RpcModule {
 public:
  ReportModule();
  ~ReportModule() override;

  std::vector<platform::Setting> settings() const override;
  std::vector<absl::Status> CheckSettings(
      const platform::Config& config) const override;

 private:
  struct Parts;

  absl::StatusOr<std::vector<grpc::Service*>> Build(
      platform::ModuleContext& context) override;
  // Ready with its own database: a peer that is down makes CreateReport fail,
  // but stored reports can still be read.
  absl::Status Ready() override;

  std::unique_ptr<Parts> parts_;
};

}  // namespace welfare::report
