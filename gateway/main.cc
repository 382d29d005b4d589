#include "gateway/module.h"
#include "services/platform/process/process.h"

int main(int argc, char** argv) {
  std::vector<std::unique_ptr<welfare::platform::Module>> modules;
  modules.push_back(std::make_unique<welfare::gateway::GatewayModule>());
  return welfare::platform::RunProcess(argc, argv, "welfare-gateway",
                                       std::move(modules));
}
