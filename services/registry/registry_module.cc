#include "services/registry/registry_module.h"

#include <chrono>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/observe/log.h"
#include "services/platform/process/assets.h"
#include "services/registry/api/registry_service.h"
#include "services/registry/program/program.h"
#include "services/registry/store/live_history.h"
#include "services/registry/store/sql_registry_store.h"

namespace welfare::registry {

// In order of construction; destroyed in reverse.
struct RegistryModule::Parts {
  Parts(std::unique_ptr<platform::Database> opened,
        std::unique_ptr<SqlRegistryStore> opened_store, ProgramCatalog programs,
        const platform::ModuleContext& context,
        const platform::CallEnvironment& calls)
      : database(std::move(opened)),
        store(std::move(opened_store)),
        catalog(std::move(programs)),
        live(*store),
        replies({}, context.metrics()),
        reader(live, catalog, context.clock(), replies),
        writer(*store, live, catalog, context.clock(), context.metrics()),
        streams(live),
        service({.reader = reader,
                 .writer = writer,
                 .streams = streams,
                 .calls = calls}) {}

  // Learns what other processes on the same database write.
  void Follow() {
    watch = database->WatchChanges([this] {
      // One that fails is made good by the next look, a second later.
      if (const absl::Status status = live.CatchUp(); !status.ok()) {
        platform::LogStatus(platform::LogLevel::kWarning,
                            "a change of another process was not read", status);
      }
    });
  }

  std::unique_ptr<platform::Database> database;
  std::unique_ptr<SqlRegistryStore> store;
  const ProgramCatalog catalog;
  LiveHistory live;
  // Its own and in memory: reads run on gRPC's threads and must not wait for
  // a network.
  platform::MemoryCache replies;
  RegistryReader reader;
  RegistryWriter writer;
  RegistryStreams streams;
  RegistryService service;
  std::unique_ptr<platform::ChangeWatch> watch;
};

RegistryModule::RegistryModule() : RpcModule("registry") {}

RegistryModule::~RegistryModule() { StopNow(); }

absl::StatusOr<std::vector<platform::ServedService>> RegistryModule::Build(
    platform::ModuleContext& context) {
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<platform::Database> database,
                           context.OpenDatabase());
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<SqlRegistryStore> store,
                           SqlRegistryStore::Open(*database, context.clock()));
  WELFARE_ASSIGN_OR_RETURN(
      const std::string programs,
      platform::ReadAsset(context.AssetPath("programs.csv")));
  WELFARE_ASSIGN_OR_RETURN(ProgramCatalog catalog,
                           ProgramCatalog::Parse(programs));
  parts_ = std::make_unique<Parts>(std::move(database), std::move(store),
                                   std::move(catalog), context, calls());
  WELFARE_RETURN_IF_ERROR(parts_->live.CatchUp());
  parts_->Follow();
  platform::LogInfo("registry loaded",
                    {{"version", parts_->live.Head()->version()}});
  return std::vector<platform::ServedService>{
      {&parts_->service, v1::RegistryService::service_full_name()}};
}

absl::Status RegistryModule::Ready() {
  return parts_->live.CatchUp(
      {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5),
       .stop = {}});
}

void RegistryModule::StopWorkers() { parts_->streams.Stop(); }

}  // namespace welfare::registry
