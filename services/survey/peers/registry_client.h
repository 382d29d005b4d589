// The registry, as this service sees it.
#pragma once

#include <memory>
#include <set>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/survey/round/frame.h"

namespace grpc {
class Channel;
}

namespace welfare::survey {

// Reads the registry over gRPC. Any thread may call it.
class RegistryClient {
 public:
  explicit RegistryClient(std::shared_ptr<grpc::Channel> channel);
  ~RegistryClient();
  RegistryClient(const RegistryClient&) = delete;
  RegistryClient& operator=(const RegistryClient&) = delete;

  // Takes the version that the roster of `fiscal_year` has now, and at this
  // version every municipality and the rosters of all `years`. What a roster
  // does not know stays unknown.
  //
  // Errors:
  //   FAILED_PRECONDITION, REGISTRY_INCOMPLETE: no status of the programme is
  //     known for `fiscal_year`.
  //   UNAVAILABLE, REGISTRY_UNAVAILABLE: the registry did not answer.
  absl::StatusOr<RegistryPin> Load(const platform::CallContext& call,
                                   const base::ProgramName& program,
                                   base::FiscalYear fiscal_year,
                                   const std::set<int>& years) const;

 private:
  struct Stub;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::survey
