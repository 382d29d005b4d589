#include "services/indicator/indicator_module.h"

#include <stop_token>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/indicator/api/codebook_checker.h"
#include "services/indicator/api/compute_timer.h"
#include "services/indicator/api/indicator_reader.h"
#include "services/indicator/api/indicator_service.h"
#include "services/indicator/api/reply_cache.h"
#include "services/indicator/api/round_source.h"
#include "services/indicator/api/statement_reader.h"
#include "services/indicator/api/value_reader.h"
#include "services/indicator/files/data_files.h"
#include "services/indicator/peers/registry_peer.h"
#include "services/indicator/peers/survey_peer.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/work/version_feed.h"

namespace welfare::indicator {

// In order of construction; destroyed in reverse.
struct IndicatorModule::Parts {
  Parts(Surveys read, const platform::ModuleContext& context,
        const platform::CallEnvironment& calls, platform::VersionFeed& versions)
      : surveys(std::move(read)),
        survey(platform::MakeReadChannel(context.Peer("survey"),
                                         "welfare.survey.v1.SurveyService")),
        registry(platform::MakeReadChannel(
            context.Peer("registry"), "welfare.registry.v1.RegistryService")),
        feed(versions),
        rounds({.surveys = surveys,
                .survey = survey,
                .registry = registry,
                .survey_versions = feed,
                .registry_versions = registry_feed}),
        replies(context.cache(), surveys),
        compute_seconds(AddComputeSeconds(context.metrics())),
        indicators(surveys, survey),
        values({.surveys = surveys,
                .rounds = rounds,
                .cache = replies,
                .compute_seconds = compute_seconds}),
        statements({.surveys = surveys,
                    .survey = survey,
                    .rounds = rounds,
                    .cache = replies,
                    .compute_seconds = compute_seconds}),
        checker(surveys, survey),
        service({.indicators = indicators,
                 .values = values,
                 .statements = statements,
                 .checker = checker,
                 .calls = calls}) {}

  // Values have the versions of their rounds, and these are the survey's to
  // tell: one stream of it serves all who wait here. One that has ended is
  // opened again a second later.
  void Follow() {
    feed.Start([this](std::stop_token stop) {
      return Follow(survey, feed, std::move(stop));
    });
    registry_feed.Start([this](std::stop_token stop) {
      return Follow(registry, registry_feed, std::move(stop));
    });
  }

  template <typename Peer>
  static absl::StatusOr<platform::VersionFeed::Versions> Follow(
      const Peer& peer, platform::VersionFeed& versions, std::stop_token stop) {
    const absl::Status ended = peer.FollowVersions(stop, versions);
    if (ended.ok()) return platform::VersionFeed::Versions();
    if (!stop.stop_requested()) versions.Lose(ended);
    return ended;
  }

  Surveys surveys;
  SurveyPeer survey;
  RegistryPeer registry;
  platform::VersionFeed& feed;          // the survey's versions
  platform::VersionFeed registry_feed;  // nobody waits for these
  RoundSource rounds;
  ReplyCache replies;
  platform::Histogram& compute_seconds;
  IndicatorReader indicators;
  ValueReader values;
  StatementReader statements;
  CodebookChecker checker;
  IndicatorService service;
};

IndicatorModule::IndicatorModule() : RpcModule("indicator") {}

IndicatorModule::~IndicatorModule() { StopNow(); }

absl::StatusOr<std::vector<grpc::Service*>> IndicatorModule::Build(
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
  parts_ =
      std::make_unique<Parts>(*std::move(surveys), context, calls(), feed());
  parts_->Follow();
  return std::vector<grpc::Service*>{&parts_->service};
}

}  // namespace welfare::indicator
