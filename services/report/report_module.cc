#include "services/report/report_module.h"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/audit/audit_calls.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/work/version_feed.h"
#include "services/report/api/excerpt_calls.h"
#include "services/report/api/feedback_calls.h"
#include "services/report/api/feedback_maker.h"
#include "services/report/api/report_maker.h"
#include "services/report/api/report_service.h"
#include "services/report/api/template_calls.h"
#include "services/report/api/template_checker.h"
#include "services/report/files/print_font_reader.h"
#include "services/report/files/signing_key_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/peers/peer_answers_source.h"
#include "services/report/peers/peer_definitions.h"
#include "services/report/peers/peer_snapshot_source.h"
#include "services/report/peers/peer_survey.h"
#include "services/report/shelf/excerpt_collector.h"
#include "services/report/shelf/template_shelf.h"
#include "services/report/store/sql_excerpt_store.h"
#include "services/report/store/sql_feedback_store.h"
#include "services/report/store/sql_report_store.h"
#include "services/report/store/sql_template_store.h"

namespace welfare::report {
namespace {

constexpr std::chrono::seconds kLookTimeout{5};
constexpr const char* kSigningKeyFile = "signing-key-file";
// What is kept of changes between reports: some hundred comparisons.
constexpr std::size_t kMostChangesBytes = std::size_t{8} << 20;
// What is kept of files that are read: a dozen reports.
constexpr std::size_t kMostFileBytes = std::size_t{32} << 20;

constexpr platform::Query kVersionsQuery{
    "report_versions",
    "SELECT 'reports', (SELECT COUNT(*) FROM reports) +"
    " (SELECT COUNT(*) FROM report_publications)"};

// Tells the operator when the newest report of each round was made.
absl::Status ShowNewest(ReportStore& store, const base::CallLimits& limits,
                        platform::MetricsRegistry& metrics) {
  WELFARE_ASSIGN_OR_RETURN(const auto newest, store.ListNewest(limits));
  for (const auto& [round, made] : newest) {
    metrics
        .AddGauge("welfare_report_made_timestamp_seconds",
                  "When the newest report of the round was made, in seconds "
                  "since 1970.",
                  {{"round", round}})
        .Set(static_cast<double>(made.micros()) / 1e6);
  }
  return absl::OkStatus();
}

}  // namespace

// In order of construction; destroyed in reverse.
struct ReportModule::Parts {
  Parts(std::unique_ptr<platform::Database> opened,
        std::unique_ptr<SqlReportStore> opened_store, Templates loaded,
        PrintFont font, const platform::ModuleContext& context,
        const platform::CallEnvironment& calls,
        const platform::Incarnation& incarnation)
      : database(std::move(opened)),
        store(std::move(opened_store)),
        template_store(*database, context.clock()),
        excerpt_store(*database, context.clock(), incarnation.name()),
        templates(std::move(loaded)),
        shelf(templates, template_store),
        print_font(std::move(font)),
        renderers(AllRenderers(print_font)),
        source({.registry = platform::MakeReadChannel(
                    context.Peer("registry"),
                    "welfare.registry.v1.RegistryService"),
                .survey = platform::MakeReadChannel(
                    context.Peer("survey"), "welfare.survey.v1.SurveyService"),
                .indicator = platform::MakeReadChannel(
                    context.Peer("indicator"),
                    "welfare.indicator.v1.IndicatorService")}),
        definitions(
            platform::MakeReadChannel(context.Peer("indicator"),
                                      "welfare.indicator.v1.IndicatorService")),
        survey(platform::MakeReadChannel(context.Peer("survey"),
                                         "welfare.survey.v1.SurveyService")),
        collector(excerpt_store, survey),
        answers({.survey = platform::MakeReadChannel(
                     context.Peer("survey"), "welfare.survey.v1.SurveyService"),
                 .indicator = platform::MakeReadChannel(
                     context.Peer("indicator"),
                     "welfare.indicator.v1.IndicatorService")}),
        maker({.templates = shelf,
               .renderers = renderers,
               .source = source,
               .excerpts = collector,
               .answers = answers,
               .font = print_font,
               .store = *store,
               .metrics = context.metrics()}),
        checker(shelf, definitions),
        template_calls({.shelf = shelf,
                        .store = template_store,
                        .survey = survey,
                        .definitions = definitions,
                        .excerpts = collector,
                        .maker = maker,
                        .font = print_font,
                        .incarnation = incarnation.name()}),
        verifier(renderers, *store),
        excerpt_calls({.store = excerpt_store,
                       .survey = survey,
                       .incarnation = incarnation.name()}),
        feedback_store(*database, context.clock()),
        feedback_maker({.source = answers,
                        .templates = shelf,
                        .store = feedback_store,
                        .font = print_font,
                        .signing_key_file =
                            context.config().Get(kSigningKeyFile)}),
        feedback({.maker = feedback_maker,
                  .store = feedback_store,
                  .reports = *store,
                  .incarnation = incarnation.name()}),
        audit({.database = *database,
               .clock = context.clock(),
               .service = "report",
               .incarnation = incarnation.name()}),
        changes({.capacity_bytes = kMostChangesBytes}, context.metrics()),
        file_parts({.capacity_bytes = kMostFileBytes}, context.metrics()),
        service({.maker = maker,
                 .checker = checker,
                 .templates = template_calls,
                 .verifier = verifier,
                 .excerpts = excerpt_calls,
                 .feedback = feedback,
                 .store = *store,
                 .audit = audit,
                 .cache = changes,
                 .file_parts = file_parts,
                 .calls = calls,
                 .signing_key_file = context.config().Get(kSigningKeyFile),
                 .incarnation = incarnation.name()}) {}

  std::unique_ptr<platform::Database> database;
  std::unique_ptr<SqlReportStore> store;
  SqlTemplateStore template_store;
  SqlExcerptStore excerpt_store;
  Templates templates;
  TemplateShelf shelf;
  PrintFont print_font;
  Renderers renderers;
  PeerSnapshotSource source;
  PeerDefinitions definitions;
  PeerSurvey survey;
  ExcerptCollector collector;
  PeerAnswersSource answers;
  ReportMaker maker;
  TemplateChecker checker;
  TemplateCalls template_calls;
  ReportVerifier verifier;
  ExcerptCalls excerpt_calls;
  SqlFeedbackStore feedback_store;
  FeedbackMaker feedback_maker;
  FeedbackCalls feedback;
  platform::AuditCalls audit;
  // Its own and in memory: some of what is compared is not for everybody, and
  // the shared cache speaks plain.
  platform::MemoryCache changes;
  platform::MemoryCache file_parts;
  ReportService service;
};

ReportModule::ReportModule() : RpcModule("report") {}

ReportModule::~ReportModule() { StopNow(); }

std::vector<platform::Setting> ReportModule::settings() const {
  return {{.name = kSigningKeyFile,
           .help = "private key (Ed25519, PEM) that signs the files of reports "
                   "when they are published, and those of feedback sheets when "
                   "they are made; read anew each time; empty: they are not "
                   "signed"}};
}

std::vector<absl::Status> ReportModule::CheckSettings(
    const platform::Config& config) const {
  const std::string& file = config.Get(kSigningKeyFile);
  if (file.empty()) return {};
  absl::Status status = ReadSigningKey(file).status();
  if (status.ok()) return {};
  return {std::move(status)};
}

absl::StatusOr<std::vector<grpc::Service*>> ReportModule::Build(
    platform::ModuleContext& context) {
  WELFARE_ASSIGN_OR_RETURN(Templates templates,
                           LoadTemplates(context.AssetPath("").string()));
  WELFARE_ASSIGN_OR_RETURN(PrintFont font, LoadPrintFont());
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<platform::Database> database,
                           context.OpenDatabase());
  WELFARE_ASSIGN_OR_RETURN(std::unique_ptr<SqlReportStore> store,
                           SqlReportStore::Open(*database, context.clock()));
  WELFARE_ASSIGN_OR_RETURN(
      const platform::Incarnation incarnation,
      platform::OpenIncarnation(*database, kVersionsQuery));
  feed().SetIncarnation(incarnation.name());
  KeepAudit(*database, context.clock());
  parts_ = std::make_unique<Parts>(std::move(database), std::move(store),
                                   std::move(templates), std::move(font),
                                   context, calls(), incarnation);
  auto look = [this, &metrics = context.metrics(),
               shown = std::int64_t{0}](std::stop_token stop) mutable
      -> absl::StatusOr<platform::VersionFeed::Versions> {
    const base::CallLimits limits{
        .deadline = std::chrono::steady_clock::now() + kLookTimeout,
        .stop = std::move(stop)};
    WELFARE_ASSIGN_OR_RETURN(const std::int64_t count,
                             parts_->store->Count(limits));
    // Made is another, or what became of one.
    if (count != shown) {
      WELFARE_RETURN_IF_ERROR(ShowNewest(*parts_->store, limits, metrics));
      shown = count;
    }
    return platform::VersionFeed::Versions{
        {std::string(kReportsResource), count}};
  };
  WELFARE_ASSIGN_OR_RETURN(const platform::VersionFeed::Versions versions,
                           look({}));
  feed().Publish(versions);
  feed().Start(std::move(look));
  return std::vector<grpc::Service*>{&parts_->service};
}

absl::Status ReportModule::Ready() { return parts_->database->Ping(); }

}  // namespace welfare::report
