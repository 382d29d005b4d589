#include "services/survey/survey_module.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/channel.h"
#include "services/platform/database.h"
#include "services/platform/migrations.h"
#include "services/survey/pinned_content.h"
#include "services/survey/registry_client.h"
#include "services/survey/sql_survey_store.h"
#include "services/survey/survey_api.h"
#include "services/survey/survey_metrics.h"
#include "services/survey/survey_schema.h"
#include "services/survey/survey_service.h"
#include "services/survey/version_feed.h"

namespace welfare::survey {

// In the order of their making; what comes later uses what came before.
struct SurveyModule::Parts {
  Parts(platform::ModuleContext& context,
        std::unique_ptr<platform::Database> opened,
        const platform::CallEnvironment& calls)
      : database(std::move(opened)),
        store(*database),
        registry(platform::MakeChannel(context.PeerAddress("registry"))),
        metrics(context.metrics()),
        api({.store = store,
             .content = content,
             .registry = registry,
             .feed = feed,
             .metrics = metrics,
             .clock = context.clock()}),
        service(api, calls) {}

  std::unique_ptr<platform::Database> database;
  SqlSurveyStore store;
  PinnedContent content;
  RegistryClient registry;
  VersionFeed feed;
  SurveyMetrics metrics;
  SurveyApi api;
  SurveyService service;
};

SurveyModule::SurveyModule() : RpcModule("survey") {}

SurveyModule::~SurveyModule() { StopNow(); }

absl::StatusOr<std::vector<platform::ServedService>> SurveyModule::Build(
    platform::ModuleContext& context) {
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<platform::Database> database,
                           context.OpenDatabase());
  WELFARE_RETURN_IF_ERROR(
      platform::ApplyMigrations(*database, context.clock(), SurveyMigrations())
          .status());
  parts_ = std::make_unique<Parts>(context, std::move(database), calls());
  WELFARE_RETURN_IF_ERROR(parts_->api.Begin());
  return std::vector<platform::ServedService>{
      {&parts_->service, v1::SurveyService::service_full_name()}};
}

absl::Status SurveyModule::Ready() { return parts_->database->Ping(); }

void SurveyModule::StopWorkers() {
  if (parts_ != nullptr) parts_->feed.Stop();
}

}  // namespace welfare::survey
