#include "services/survey/survey_module.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/migrations.h"
#include "services/survey/api/survey_api.h"
#include "services/survey/api/survey_metrics.h"
#include "services/survey/api/survey_service.h"
#include "services/survey/api/version_feed.h"
#include "services/survey/peers/registry_client.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/sql_survey_store.h"
#include "services/survey/store/survey_schema.h"

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

  // Learns what other processes on the same database change.
  void Follow() {
    watch = database->WatchChanges([this] {
      // One that fails is made good by the next, and by the watch's own call
      // when it has the database back.
      if (const absl::Status status = api.CatchUp(); !status.ok()) {
        platform::LogStatus(platform::LogLevel::kWarning,
                            "a change of another process was not read", status);
      }
    });
  }

  std::unique_ptr<platform::Database> database;
  SqlSurveyStore store;
  PinnedContent content;
  RegistryClient registry;
  VersionFeed feed;
  SurveyMetrics metrics;
  SurveyApi api;
  SurveyService service;
  std::unique_ptr<platform::ChangeWatch> watch;
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
  WELFARE_RETURN_IF_ERROR(parts_->api.CatchUp());
  parts_->Follow();
  return std::vector<platform::ServedService>{
      {&parts_->service, v1::SurveyService::service_full_name()}};
}

absl::Status SurveyModule::Ready() { return parts_->database->Ping(); }

void SurveyModule::StopWorkers() {
  if (parts_ == nullptr) return;
  parts_->watch.reset();
  parts_->feed.Stop();
}

}  // namespace welfare::survey
