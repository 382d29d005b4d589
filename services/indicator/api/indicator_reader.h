// Answers every question about indicators: finds the versions, loads what they
// name, computes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/indicator/v1/indicator_service.pb.h"

#include "services/indicator/api/convert.h"
#include "services/indicator/files/data_files.h"
#include "services/indicator/peers/peers.h"
#include "services/indicator/store/loaded_rounds.h"
#include "services/platform/cache/cache.h"
#include "services/platform/cache/shared_bytes.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/work/version_feed.h"

namespace welfare::indicator {

// Any thread may call it; calls block on peers, so they run on the pool.
//
// A read without `data_version` asks the survey for the round's revision, so
// it sees everything acknowledged before it; one with a `data_version` that was
// seen before needs no peer. Replies are cached as bytes under keys that hold
// every version they came from.
class IndicatorReader {
 public:
  struct Dependencies {
    const std::map<std::string, SurveyData>& surveys;
    const SurveyPeer& survey;
    const RegistryPeer& registry;
    // What the peers say of their versions: whose they are.
    const platform::VersionFeed& survey_versions;
    const platform::VersionFeed& registry_versions;
    platform::Cache& cache;
    platform::MetricsRegistry& metrics;
  };
  // All must outlive the reader.
  explicit IndicatorReader(const Dependencies& dependencies);

  // Errors of each: those its method lists in indicator_service.proto.
  absl::Status GetIndicator(const platform::CallContext& call,
                            const v1::GetIndicatorRequest& request,
                            v1::Indicator& response);
  absl::Status ListIndicators(const platform::CallContext& call,
                              const v1::ListIndicatorsRequest& request,
                              v1::ListIndicatorsResponse& response);
  absl::Status ExplainIndicatorValue(
      const platform::CallContext& call,
      const v1::ExplainIndicatorValueRequest& request,
      v1::ExplainIndicatorValueResponse& response);

  // These answer with the serialized reply.
  absl::Status GetIndicatorValue(const platform::CallContext& call,
                                 const v1::GetIndicatorValueRequest& request,
                                 platform::SharedBytes& bytes);
  absl::Status ListIndicatorValues(
      const platform::CallContext& call,
      const v1::ListIndicatorValuesRequest& request,
      platform::SharedBytes& bytes);
  absl::Status ListStatements(const platform::CallContext& call,
                              const v1::ListStatementsRequest& request,
                              platform::SharedBytes& bytes);

 private:
  // What the API speaks of outside a round.
  struct Listing {
    std::vector<Definition> definitions;
  };
  // The exact state a read speaks of.
  struct Pin {
    std::int64_t revision = 0;
    std::int64_t registry_version = 0;
    std::string incarnation;  // the survey's
  };

  absl::StatusOr<const SurveyData*> FindSurvey(const std::string& survey) const;
  absl::StatusOr<std::shared_ptr<const Listing>> ListingOf(
      const platform::CallContext& call, const std::string& survey);
  // Errors: VERSION_NEGATIVE, and as SurveyPeer::GetRound, FetchRound and
  //   CheckStore; DEADLINE_EXCEEDED, MIN_VERSION_NOT_REACHED.
  absl::StatusOr<Pin> PinVersion(const platform::CallContext& call,
                                 const base::RoundName& name,
                                 std::int64_t data_version,
                                 const std::string& data_incarnation,
                                 std::int64_t min_version);
  // What the round is now; whose its revisions are is kept.
  //
  // Errors: as SurveyPeer::GetRound.
  absl::StatusOr<RoundHeader> AskSurvey(const platform::CallContext& call,
                                        const base::RoundName& name);
  // OK where a pin of the store `pinned` (empty: of none) says what the survey,
  // which is `current`, calls `revision`.
  //
  // Errors: as SurveyPeer::CheckStore.
  absl::Status CheckStore(const platform::CallContext& call,
                          const base::RoundName& name, std::int64_t revision,
                          const std::string& pinned,
                          const std::string& current) const;
  // Whose the survey's revisions are, without asking it where it was told.
  //
  // Errors: as SurveyPeer::GetRound.
  absl::StatusOr<std::string> SurveyIncarnation(
      const platform::CallContext& call, const base::RoundName& name);
  // The registry's, as far as it is known; else empty.
  std::string RegistryIncarnation() const;
  absl::StatusOr<std::shared_ptr<const LoadedRound>> Load(
      const platform::CallContext& call, const base::RoundName& name,
      std::int64_t revision, const std::string& incarnation);
  absl::StatusOr<std::shared_ptr<const RegistryHistory>> HistoryOf(
      const platform::CallContext& call, const LoadedRound& round);
  // The history where the indicator needs it, else null.
  absl::StatusOr<std::shared_ptr<const RegistryHistory>> HistoryFor(
      const platform::CallContext& call, const LoadedRound& round, Basis basis,
      const std::string& indicator);
  // Everything but the question itself that a reply depends on; `registry` is
  // the incarnation of the registry it was made from.
  std::string VersionsKey(const std::string& survey, const Pin& pin,
                          Basis basis, const std::string& registry) const;

  const std::map<std::string, SurveyData>& surveys_;
  // SHA-256 over every definition, population, published row and profile of a
  // survey.
  std::map<std::string, std::string> digests_;
  const SurveyPeer& survey_;
  const RegistryPeer& registry_;
  const platform::VersionFeed& survey_versions_;
  const platform::VersionFeed& registry_versions_;
  mutable std::mutex mutex_;
  // The incarnations of replies, for the time before the feeds know; guarded
  // by mutex_.
  std::string seen_survey_;
  std::string seen_registry_;
  platform::Cache& cache_;
  platform::Histogram& compute_seconds_;
  LoadedOnce<LoadedRound> rounds_;
  LoadedOnce<RegistryHistory> histories_;
  LoadedOnce<Listing> listings_;
};

}  // namespace welfare::indicator
