#include "services/indicator/indicator_module.h"

#include <map>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/indicator/api/indicator_service.h"
#include "services/indicator/files/data_files.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/channel.h"

namespace welfare::indicator {

// In order of construction; destroyed in reverse.
struct IndicatorModule::Parts {
  Parts(std::map<std::string, SurveyData> read,
        const platform::ModuleContext& context,
        const platform::CallEnvironment& calls)
      : surveys(std::move(read)),
        survey(platform::MakeChannel(context.PeerAddress("survey"))),
        registry(platform::MakeChannel(context.PeerAddress("registry"))),
        reader({.surveys = surveys,
                .survey = survey,
                .registry = registry,
                .cache = context.cache(),
                .metrics = context.metrics()}),
        service({.reader = reader, .survey = survey, .calls = calls}) {}

  std::map<std::string, SurveyData> surveys;
  SurveyPeer survey;
  RegistryPeer registry;
  IndicatorReader reader;
  IndicatorService service;
};

IndicatorModule::IndicatorModule() : RpcModule("indicator") {}

IndicatorModule::~IndicatorModule() { StopNow(); }

absl::StatusOr<std::vector<platform::ServedService>> IndicatorModule::Build(
    platform::ModuleContext& context) {
  auto surveys = LoadSurveyData(context.AssetPath(""));
  if (!surveys.ok()) {
    if (const auto details = base::GetErrorDetails(surveys.status())) {
      for (const base::Violation& violation : details->violations) {
        platform::LogError("indicator data is not valid",
                           {{"field", violation.field},
                            {"reason", violation.reason},
                            {"description", violation.description}});
      }
    }
    return surveys.status();
  }
  for (const auto& [id, data] : *surveys) {
    platform::LogInfo(
        "indicator definitions read",
        {{"survey", id},
         {"populations",
          static_cast<std::int64_t>(data.definitions.populations.size())},
         {"indicators",
          static_cast<std::int64_t>(data.definitions.definitions.size())}});
  }
  parts_ = std::make_unique<Parts>(*std::move(surveys), context, calls());
  return std::vector<platform::ServedService>{
      {&parts_->service, v1::IndicatorService::service_full_name()}};
}

void IndicatorModule::StopWorkers() {
  if (parts_ != nullptr) parts_->service.Stop();
}

}  // namespace welfare::indicator
