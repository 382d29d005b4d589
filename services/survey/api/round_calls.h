// The calls that make, change and read rounds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/empty.pb.h"

#include "services/base/names/municipality_code.h"
#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/storage/write_path.h"
#include "services/survey/observe/round_versions.h"
#include "services/survey/peers/registry_client.h"
#include "services/survey/round/life_cycle.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// The proto says what each does and which errors it can return. Any thread may
// call it.
class RoundCalls {
 public:
  struct Dependencies {
    SurveyStore& store;
    PinnedContent& content;
    const RegistryClient& registry;
    RoundVersions& versions;
    platform::Incarnation incarnation;  // the store's
  };
  // Everything in `dependencies` outlives the object.
  explicit RoundCalls(const Dependencies& dependencies) : d_(dependencies) {}

  using Call = platform::CallContext;

  absl::Status CreateRound(const Call&, const v1::CreateRoundRequest&,
                           v1::Round&);
  absl::Status UpdateRound(const Call&, const v1::UpdateRoundRequest&,
                           v1::Round&);
  absl::Status DeleteRound(const Call&, const v1::DeleteRoundRequest&,
                           google::protobuf::Empty&);
  absl::Status ReopenRound(const Call&, const v1::ReopenRoundRequest&,
                           v1::Round&);
  absl::Status OpenRound(const Call&, const v1::OpenRoundRequest&, v1::Round&);
  absl::Status CloseRound(const Call&, const v1::CloseRoundRequest&,
                          v1::Round&);
  absl::Status GetRound(const Call&, const v1::GetRoundRequest&, v1::Round&);
  absl::Status ListRounds(const Call&, const v1::ListRoundsRequest&,
                          v1::ListRoundsResponse&);
  absl::Status GetRoundProgress(const Call&, const v1::GetRoundProgressRequest&,
                                v1::RoundProgress&);

 private:
  // The round as it was at the revision `version`; 0: as it is.
  //
  // Errors:
  //   INVALID_ARGUMENT, VERSION_NEGATIVE.
  //   NOT_FOUND, ROUND_NOT_FOUND.
  //   FAILED_PRECONDITION, STORE_RESTORED.
  //   OUT_OF_RANGE, VERSION_NOT_REACHED.
  absl::StatusOr<Round> RoundAt(StoreReader& store, const base::RoundName& name,
                                std::int64_t version,
                                const std::string& incarnation);

  // What a write makes of a round, decided on one state of the store.
  using Decide = std::function<absl::StatusOr<PlannedRound>(StoreReader&)>;

  // Decides, writes, answers with the round as it is then, and tells those who
  // wait.
  absl::Status Change(const platform::WriteRequest& write,
                      const base::RoundName& name, const Decide& decide,
                      v1::Round& response);
  // The same for a round that is there.
  absl::Status ChangeExisting(const platform::WriteRequest& write,
                              const base::RoundName& name,
                              const std::function<absl::StatusOr<PlannedRound>(
                                  StoreReader&, const Round&)>& decide,
                              v1::Round& response);
  // Asks the registry what a round that is about to open freezes; nothing where
  // the round is not planned.
  absl::StatusOr<std::optional<RegistryPin>> LoadPin(
      const Call& call, const base::RoundName& name,
      const std::set<base::MunicipalityCode>& unknown);

  Dependencies d_;
};

}  // namespace welfare::survey
