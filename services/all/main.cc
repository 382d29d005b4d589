// welfared: every service and the gateway in one process, for a laptop and for
// tests. The same modules, each with its own server; a peer is an address.
#include <memory>
#include <utility>
#include <vector>

#include "gateway/module.h"
#include "services/indicator/indicator_module.h"
#include "services/platform/process/process.h"
#include "services/registry/registry_module.h"
#include "services/report/report_module.h"
#include "services/survey/survey_module.h"

int main(int argc, char** argv) {
  namespace w = welfare;
  std::vector<std::unique_ptr<w::platform::Module>> modules;
  modules.push_back(std::make_unique<w::registry::RegistryModule>());
  modules.push_back(std::make_unique<w::survey::SurveyModule>());
  modules.push_back(std::make_unique<w::indicator::IndicatorModule>());
  modules.push_back(std::make_unique<w::report::ReportModule>());
  modules.push_back(std::make_unique<w::gateway::GatewayModule>());
  return w::platform::RunProcess(argc, argv, "welfared", std::move(modules));
}
