#include "services/platform/ops_server.h"

#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <exception>
#include <optional>
#include <vector>

#include "services/platform/errors.h"

namespace welfare::platform {

struct OpsServer::State {
  std::shared_ptr<prometheus::Registry> registry;  // Exposer keeps a weak one
  std::optional<prometheus::Exposer> exposer;
};

absl::StatusOr<std::unique_ptr<OpsServer>> OpsServer::Start(
    const std::string& address, MetricsRegistry& metrics) {
  auto state = std::make_unique<State>();
  state->registry = metrics.registry();
  try {
    state->exposer.emplace(address, 1);
  } catch (const std::exception&) {
    return AddressUnavailable(address, "it is taken or not an address here");
  }
  state->exposer->RegisterCollectable(state->registry);
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(state)));
}

OpsServer::OpsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
OpsServer::~OpsServer() = default;

int OpsServer::port() const {
  const std::vector<int> ports = state_->exposer->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

}  // namespace welfare::platform
