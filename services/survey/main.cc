#include <memory>
#include <utility>
#include <vector>

#include "services/platform/process/process.h"
#include "services/survey/survey_module.h"

int main(int argc, char** argv) {
  std::vector<std::unique_ptr<welfare::platform::Module>> modules;
  modules.push_back(std::make_unique<welfare::survey::SurveyModule>());
  return welfare::platform::RunProcess(argc, argv, "welfare-survey",
                                       std::move(modules));
}
