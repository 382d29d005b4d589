// What this service asks of the survey. The only code that calls its stub.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/fetched_round.h"
#include "services/indicator/round/round_table.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/work/version_feed.h"

namespace grpc {
class Channel;
}

namespace welfare::indicator {

// One codebook version and what it says: another survey may have one of the
// same name.
struct LatestCodebook {
  base::CodebookName name;
  std::string digest;
};

// The survey service. Any thread may call it.
//
// Errors of every method:
//   UNAVAILABLE, reason SURVEY_UNAVAILABLE: it did not answer.
//   INTERNAL, reason PEER_ANSWER: it answered with something unreadable.
//   DEADLINE_EXCEEDED and CANCELLED of the call itself.
class SurveyPeer {
 public:
  explicit SurveyPeer(const std::shared_ptr<grpc::Channel>& channel);
  ~SurveyPeer();

  // Returns what the round is now: its revision and pins.
  //
  // Errors:
  //   NOT_FOUND, reason ROUND_NOT_FOUND.
  absl::StatusOr<RoundHeader> GetRound(const platform::CallContext& call,
                                       const base::RoundName& name) const;

  // OK when `revision` of the round in the store `incarnation` is what the
  // survey that answers now calls so.
  //
  // Errors:
  //   FAILED_PRECONDITION, reason STORE_RESTORED: it is not.
  //   Otherwise those of FetchRound.
  absl::Status CheckStore(const platform::CallContext& call,
                          const base::RoundName& name, std::int64_t revision,
                          const std::string& incarnation) const;

  // Returns the round at `revision`.
  //
  // Errors:
  //   NOT_FOUND, reason ROUND_NOT_FOUND.
  //   FAILED_PRECONDITION, reason ROUND_STATE: it was never opened.
  //   OUT_OF_RANGE, reason VERSION_NOT_REACHED: `revision` lies ahead.
  absl::StatusOr<FetchedRound> FetchRound(const platform::CallContext& call,
                                          const base::RoundName& name,
                                          std::int64_t revision) const;

  // Returns the survey's latest published codebook version; nothing when none
  // is published.
  absl::StatusOr<std::optional<LatestCodebook>> FindLatestCodebook(
      const platform::CallContext& call, const base::SurveyName& survey) const;

  // Returns the codebook, draft or published.
  //
  // Errors:
  //   NOT_FOUND, reason CODEBOOK_NOT_FOUND.
  absl::StatusOr<std::shared_ptr<const Questionnaire>> GetCodebook(
      const platform::CallContext& call, const base::CodebookName& name) const;

  // Tells `feed` the survey's versions as they rise, until the stream ends or
  // `stop`.
  absl::Status FollowVersions(std::stop_token stop,
                              platform::VersionFeed& feed) const;

 private:
  struct Stub;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::indicator
