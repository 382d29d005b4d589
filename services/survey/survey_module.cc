#include "services/survey/survey_module.h"

#include <stop_token>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/audit/audit_calls.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/storage/migrations.h"
#include "services/platform/work/version_feed.h"
#include "services/survey/api/survey_service.h"
#include "services/survey/observe/round_versions.h"
#include "services/survey/observe/survey_metrics.h"
#include "services/survey/peers/registry_client.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/sql/sql_survey_store.h"
#include "services/survey/store/sql/survey_schema.h"

namespace welfare::survey {
namespace {

constexpr platform::Query kVersionsQuery{
    "round_versions",
    "SELECT 'surveys/' || survey || '/rounds/' || fiscal_year, revision"
    " FROM rounds"};

}  // namespace

// In the order of their making; what comes later uses what came before.
struct SurveyModule::Parts {
  Parts(platform::ModuleContext& context,
        std::unique_ptr<platform::Database> opened,
        const platform::CallEnvironment& calls, platform::VersionFeed& versions,
        const platform::Incarnation& incarnation)
      : database(std::move(opened)),
        store({.database = *database,
               .clock = context.clock(),
               .undone = [this] { content.Forget(); }},
              incarnation.name()),
        registry(platform::MakeReadChannel(
            context.Peer("registry"), "welfare.registry.v1.RegistryService")),
        feed(versions),
        metrics(context.metrics()),
        round_versions(store, content, metrics, versions),
        codebooks({.store = store,
                   .content = content,
                   .clock = context.clock(),
                   .incarnation = incarnation.name()}),
        mappings({.store = store,
                  .content = content,
                  .clock = context.clock(),
                  .incarnation = incarnation.name()}),
        rounds({.store = store,
                .content = content,
                .registry = registry,
                .versions = round_versions,
                .incarnation = incarnation}),
        submissions({.store = store,
                     .content = content,
                     .versions = round_versions,
                     .clock = context.clock()}),
        submission_reads(store, content, incarnation),
        imports({.store = store,
                 .content = content,
                 .registry = registry,
                 .mappings = mappings,
                 .versions = round_versions,
                 .metrics = metrics,
                 .clock = context.clock()}),
        streams(store, content, incarnation),
        audit({.database = *database,
               .clock = context.clock(),
               .service = "survey",
               .incarnation = incarnation.name()}),
        service({.codebooks = codebooks,
                 .mappings = mappings,
                 .rounds = rounds,
                 .submissions = submissions,
                 .submission_reads = submission_reads,
                 .imports = imports,
                 .streams = streams,
                 .audit = audit},
                calls) {}

  // Learns what is written, here and by other processes on the same database,
  // at most a second late.
  void Follow() {
    watch = database->WatchChanges([this] { feed.LookSoon(); });
    feed.Start([this](std::stop_token stop) {
      return round_versions.Read(std::move(stop));
    });
  }

  std::unique_ptr<platform::Database> database;
  SqlSurveyStore store;
  PinnedContent content;
  RegistryClient registry;
  platform::VersionFeed& feed;
  SurveyMetrics metrics;
  RoundVersions round_versions;
  CodebookCalls codebooks;
  MappingCalls mappings;
  RoundCalls rounds;
  SubmissionCalls submissions;
  SubmissionReads submission_reads;
  ImportCalls imports;
  SurveyStreams streams;
  platform::AuditCalls audit;
  SurveyService service;
  std::unique_ptr<platform::ChangeWatch> watch;
};

SurveyModule::SurveyModule() : RpcModule("survey") {}

SurveyModule::~SurveyModule() { StopNow(); }

absl::StatusOr<std::vector<grpc::Service*>> SurveyModule::Build(
    platform::ModuleContext& context) {
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<platform::Database> database,
                           context.OpenDatabase());
  WELFARE_RETURN_IF_ERROR(
      platform::ApplyMigrations(*database, context.clock(), SurveyMigrations())
          .status());
  WELFARE_ASSIGN_OR_RETURN(
      const platform::Incarnation incarnation,
      platform::OpenIncarnation(*database, kVersionsQuery));
  feed().SetIncarnation(incarnation.name());
  KeepAudit(*database, context.clock());
  parts_ = std::make_unique<Parts>(context, std::move(database), calls(),
                                   feed(), incarnation);
  WELFARE_ASSIGN_OR_RETURN(const platform::VersionFeed::Versions versions,
                           parts_->round_versions.Read({}));
  feed().Publish(versions);
  parts_->Follow();
  return std::vector<grpc::Service*>{&parts_->service};
}

absl::Status SurveyModule::Ready() { return parts_->database->Ping(); }

void SurveyModule::StopWorkers() {
  if (parts_ == nullptr) return;
  parts_->watch.reset();
}

}  // namespace welfare::survey
