#include <memory>
#include <utility>
#include <vector>

#include "services/indicator/indicator_module.h"
#include "services/platform/process/process.h"

int main(int argc, char** argv) {
  std::vector<std::unique_ptr<welfare::platform::Module>> modules;
  modules.push_back(std::make_unique<welfare::indicator::IndicatorModule>());
  return welfare::platform::RunProcess(argc, argv, "welfare-indicator",
                                       std::move(modules));
}
