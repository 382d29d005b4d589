// The state a read speaks of: finds the versions, loads what they name.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/indicator/peers/registry_peer.h"
#include "services/indicator/peers/survey_peer.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"
#include "services/indicator/statements/survey_data.h"
#include "services/indicator/store/loaded_once.h"
#include "services/indicator/store/loaded_round.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/work/version_feed.h"

namespace welfare::indicator {

// The exact state a read speaks of.
struct Pin {
  std::int64_t revision = 0;
  std::int64_t registry_version = 0;
  std::string incarnation;  // the survey's
};

// Any thread may call it; calls block on peers, so they run on the pool.
//
// A read without `data_version` asks the survey for the round's revision, so
// it sees everything acknowledged before it; one with a `data_version` that was
// seen before needs no peer.
class RoundSource {
 public:
  struct Dependencies {
    const Surveys& surveys;
    const SurveyPeer& survey;
    const RegistryPeer& registry;
    // What the peers say of their versions: whose they are.
    const platform::VersionFeed& survey_versions;
    const platform::VersionFeed& registry_versions;
  };
  // All must outlive the source.
  explicit RoundSource(const Dependencies& dependencies);

  // Errors: VERSION_NEGATIVE, and as SurveyPeer::GetRound, FetchRound and
  //   CheckStore; DEADLINE_EXCEEDED, MIN_VERSION_NOT_REACHED.
  absl::StatusOr<Pin> PinVersion(const platform::CallContext& call,
                                 const base::RoundName& name,
                                 std::int64_t data_version,
                                 const std::string& data_incarnation,
                                 std::int64_t min_version);

  // The round of a pin.
  //
  // Errors: SURVEY_NOT_FOUND, and as SurveyPeer::FetchRound and
  //   LoadedRound::Make.
  absl::StatusOr<std::shared_ptr<const LoadedRound>> Load(
      const platform::CallContext& call, const base::RoundName& name,
      const Pin& pin);
  // The registry as the round holds it for true.
  //
  // Errors: as RegistryPeer::GetHistory.
  absl::StatusOr<std::shared_ptr<const RegistryHistory>> HistoryOf(
      const platform::CallContext& call, const LoadedRound& round);
  // The history where the indicator needs it, else null.
  absl::StatusOr<std::shared_ptr<const RegistryHistory>> HistoryFor(
      const platform::CallContext& call, const LoadedRound& round, Basis basis,
      const std::string& indicator);

  // Whose the survey's revisions are, without asking it where it was told.
  //
  // Errors: as SurveyPeer::GetRound.
  absl::StatusOr<std::string> SurveyIncarnation(
      const platform::CallContext& call, const base::RoundName& name);
  // The registry's, as far as it is known; else empty.
  std::string RegistryIncarnation() const;

 private:
  absl::StatusOr<const SurveyData*> FindSurvey(const std::string& survey) const;
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

  const Surveys& surveys_;
  const SurveyPeer& survey_;
  const RegistryPeer& registry_;
  const platform::VersionFeed& survey_versions_;
  const platform::VersionFeed& registry_versions_;
  mutable std::mutex mutex_;
  // The incarnations of replies, for the time before the feeds know; guarded
  // by mutex_.
  std::string seen_survey_;
  std::string seen_registry_;
  LoadedOnce<LoadedRound> rounds_;
  LoadedOnce<RegistryHistory> histories_;
};

}  // namespace welfare::indicator
