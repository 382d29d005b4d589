#include "services/platform/observe/ops_server.h"

#include <netinet/in.h>
#include <prometheus/exposer.h>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <thread>
#include <vector>

#include "services/platform/errors.h"

namespace welfare::platform {

namespace {

void Knock(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  close(fd);
}

}  // namespace

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

OpsServer::~OpsServer() {
  // civetweb looks for the end only between connections, or every two seconds:
  // connecting ends its wait.
  const int listening = port();
  std::atomic<bool> done{false};
  const std::jthread stopper([&] {
    state_->exposer.reset();
    done.store(true);
  });
  while (!done.load()) {
    Knock(listening);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

int OpsServer::port() const {
  const std::vector<int> ports = state_->exposer->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

}  // namespace welfare::platform
