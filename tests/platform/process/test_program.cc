// A program of two small modules for process_test: "registry" answers, and
// "survey" passes GetMunicipality on to the registry. The first argument names
// the modules to run: registry, survey or both.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/calls/method_table.h"
#include "services/platform/process/process.h"
#include "services/platform/process/rpc_module.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/platform/fake_registry.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::platform {
namespace {

namespace v1 = welfare::registry::v1;

// One method.
class Forwarder final : public MethodTable {
 public:
  Forwarder(const CallEnvironment& calls, const PeerEndpoint& peer)
      : MethodTable("welfare.registry.v1.RegistryService", calls),
        peer_(v1::RegistryService::NewStub(MakeChannel(peer))) {
    Unary("GetMunicipality", &Forwarder::Forward, *this);
  }

 private:
  absl::Status Forward(const CallContext& call,
                       const v1::GetMunicipalityRequest& request,
                       v1::Municipality& response) {
    PeerCall peer(call);
    return FromGrpcStatus(
        peer_->GetMunicipality(peer.context(), request, &response));
  }

  std::unique_ptr<v1::RegistryService::Stub> peer_;
};

class ForwarderModule final : public RpcModule {
 public:
  ForwarderModule() : RpcModule("survey") {}
  ~ForwarderModule() override { StopNow(); }

 private:
  absl::StatusOr<std::vector<grpc::Service*>> Build(
      ModuleContext& context) override {
    forwarder_ = std::make_unique<Forwarder>(calls(), context.Peer("registry"));
    return std::vector<grpc::Service*>{forwarder_.get()};
  }

  std::unique_ptr<Forwarder> forwarder_;
};

}  // namespace
}  // namespace welfare::platform

int main(int argc, char** argv) {
  namespace platform = welfare::platform;
  const std::string which = argc > 1 ? argv[1] : "";
  std::vector<std::unique_ptr<platform::Module>> modules;
  if (which != "registry") {
    modules.push_back(std::make_unique<platform::ForwarderModule>());
  }
  if (which != "survey") {
    modules.push_back(std::make_unique<platform::FakeRegistryModule>());
  }
  return platform::RunProcess(argc - 1, argv + 1, "test-program",
                              std::move(modules));
}
