#include "services/report/report_module.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/rpc/channel.h"
#include "services/report/api/report_maker.h"
#include "services/report/api/report_service.h"
#include "services/report/files/template_reader.h"
#include "services/report/peers/peer_snapshot_source.h"
#include "services/report/store/sql_report_store.h"

namespace welfare::report {

// In order of construction; destroyed in reverse.
struct ReportModule::Parts {
  Parts(std::unique_ptr<platform::Database> opened,
        std::unique_ptr<SqlReportStore> opened_store, Templates loaded,
        const platform::ModuleContext& context,
        const platform::CallEnvironment& calls)
      : database(std::move(opened)),
        store(std::move(opened_store)),
        templates(std::move(loaded)),
        renderers(AllRenderers()),
        source(
            {.registry = platform::MakeChannel(context.PeerAddress("registry")),
             .survey = platform::MakeChannel(context.PeerAddress("survey")),
             .indicator =
                 platform::MakeChannel(context.PeerAddress("indicator"))}),
        maker({.templates = templates,
               .renderers = renderers,
               .source = source,
               .store = *store,
               .metrics = context.metrics()}),
        service({.maker = maker, .store = *store, .calls = calls}) {}

  std::unique_ptr<platform::Database> database;
  std::unique_ptr<SqlReportStore> store;
  Templates templates;
  Renderers renderers;
  PeerSnapshotSource source;
  ReportMaker maker;
  ReportService service;
};

ReportModule::ReportModule() : RpcModule("report") {}

ReportModule::~ReportModule() { StopNow(); }

absl::StatusOr<std::vector<platform::ServedService>> ReportModule::Build(
    platform::ModuleContext& context) {
  WELFARE_ASSIGN_OR_RETURN(Templates templates,
                           LoadTemplates(context.AssetPath("").string()));
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<platform::Database> database,
                           context.OpenDatabase());
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<SqlReportStore> store,
                           SqlReportStore::Open(*database, context.clock()));
  parts_ = std::make_unique<Parts>(std::move(database), std::move(store),
                                   std::move(templates), context, calls());
  return std::vector<platform::ServedService>{
      {&parts_->service, v1::ReportService::service_full_name()}};
}

absl::Status ReportModule::Ready() { return parts_->database->Ping(); }

void ReportModule::StopWorkers() { parts_->service.Stop(); }

}  // namespace welfare::report
