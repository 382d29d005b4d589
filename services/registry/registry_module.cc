#include "services/registry/registry_module.h"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/audit/audit_calls.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/observe/log.h"
#include "services/platform/process/assets.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/work/version_feed.h"
#include "services/registry/api/change_stream.h"
#include "services/registry/api/registry_service.h"
#include "services/registry/program/program.h"
#include "services/registry/store/history_writer.h"
#include "services/registry/store/live_history.h"
#include "services/registry/store/sql_registry_store.h"

namespace welfare::registry {
namespace {

constexpr std::chrono::seconds kLookTimeout{5};
constexpr platform::Query kVersionsQuery{
    "registry_versions", "SELECT 'registry', version FROM registry_head"};

}  // namespace

// In order of construction; destroyed in reverse.
struct RegistryModule::Parts {
  Parts(std::unique_ptr<platform::Database> opened,
        std::unique_ptr<SqlRegistryStore> opened_store, ProgramCatalog programs,
        const platform::ModuleContext& context,
        const platform::CallEnvironment& calls, platform::VersionFeed& versions,
        const platform::Incarnation& incarnation)
      : database(std::move(opened)),
        store(std::move(opened_store)),
        catalog(std::move(programs)),
        feed(versions),
        live(*store, incarnation.name(),
             [this](std::int64_t version) {
               feed.Publish(kRegistryResource, version);
             }),
        replies({}, context.metrics()),
        reader(live, incarnation, catalog, context.clock(), replies),
        history(*store, live, context.clock()),
        writer(history, catalog),
        imports(history, live, catalog, context.clock(), context.metrics()),
        audit({.database = *database,
               .clock = context.clock(),
               .service = "registry",
               .incarnation = incarnation.name()}),
        service({.reader = reader,
                 .writer = writer,
                 .imports = imports,
                 .live = live,
                 .audit = audit,
                 .incarnation = incarnation,
                 .calls = calls}) {}

  // Learns what is written, here and by other processes on the same database,
  // at most a second late.
  void Follow() {
    watch = database->WatchChanges([this] { feed.LookSoon(); });
    feed.Start([this](std::stop_token stop)
                   -> absl::StatusOr<platform::VersionFeed::Versions> {
      WELFARE_RETURN_IF_ERROR(live.CatchUp(
          {.deadline = std::chrono::steady_clock::now() + kLookTimeout,
           .stop = std::move(stop)}));
      return platform::VersionFeed::Versions{
          {std::string(kRegistryResource), live.Head()->version()}};
    });
  }

  std::unique_ptr<platform::Database> database;
  std::unique_ptr<SqlRegistryStore> store;
  const ProgramCatalog catalog;
  platform::VersionFeed& feed;
  LiveHistory live;
  // Its own and in memory: reads run on gRPC's threads and must not wait for
  // a network.
  platform::MemoryCache replies;
  RegistryReader reader;
  HistoryWriter history;
  RegistryWriter writer;
  ImportWriter imports;
  platform::AuditCalls audit;
  RegistryService service;
  std::unique_ptr<platform::ChangeWatch> watch;
};

RegistryModule::RegistryModule() : RpcModule("registry") {}

RegistryModule::~RegistryModule() { StopNow(); }

absl::StatusOr<std::vector<grpc::Service*>> RegistryModule::Build(
    platform::ModuleContext& context) {
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<platform::Database> database,
                           context.OpenDatabase());
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<SqlRegistryStore> store,
                           SqlRegistryStore::Open(*database, context.clock()));
  WELFARE_ASSIGN_OR_RETURN(
      const platform::Incarnation incarnation,
      platform::OpenIncarnation(*database, kVersionsQuery));
  feed().SetIncarnation(incarnation.name());
  WELFARE_ASSIGN_OR_RETURN(
      const std::string programs,
      platform::ReadAsset(context.AssetPath("programs.csv")));
  WELFARE_ASSIGN_OR_RETURN(ProgramCatalog catalog,
                           ProgramCatalog::Parse(programs));
  KeepAudit(*database, context.clock());
  parts_ = std::make_unique<Parts>(std::move(database), std::move(store),
                                   std::move(catalog), context, calls(), feed(),
                                   incarnation);
  WELFARE_RETURN_IF_ERROR(parts_->live.CatchUp());
  feed().Publish(kRegistryResource, parts_->live.Head()->version());
  parts_->Follow();
  platform::LogInfo("registry loaded",
                    {{"version", parts_->live.Head()->version()}});
  return std::vector<grpc::Service*>{&parts_->service};
}

absl::Status RegistryModule::Ready() { return parts_->database->Ping(); }

void RegistryModule::StopWorkers() {
  if (parts_ != nullptr) parts_->watch.reset();
}

}  // namespace welfare::registry
