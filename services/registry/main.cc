#include <memory>
#include <utility>
#include <vector>

#include "services/platform/process/process.h"
#include "services/registry/registry_module.h"

int main(int argc, char** argv) {
  std::vector<std::unique_ptr<welfare::platform::Module>> modules;
  modules.push_back(std::make_unique<welfare::registry::RegistryModule>());
  return welfare::platform::RunProcess(argc, argv, "welfare-registry",
                                       std::move(modules));
}
