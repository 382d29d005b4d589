// What of a round its template and its excerpts depend on, asked of the survey
// service.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/names/respondent.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/excerpt/excerpt.h"

namespace grpc {
class Channel;
}

namespace welfare::report {

struct RoundToFill {
  base::CodebookName codebook;
  bool opened = false;  // it has answers, or may have
};

// Any thread may call it.
class PeerSurvey {
 public:
  explicit PeerSurvey(const std::shared_ptr<grpc::Channel>& survey);
  ~PeerSurvey();

  // Errors:
  //   NOT_FOUND, reason ROUND_NOT_FOUND.
  //   UNAVAILABLE, reason SURVEY_UNAVAILABLE.
  //   INTERNAL, reason PEER_ANSWER_INVALID.
  absl::StatusOr<RoundToFill> FindRound(const platform::CallContext& call,
                                        const base::RoundName& round);

  // Returns what is written at `item` (`item/row` of a table; of options their
  // text) of a submission at a revision of its round, 0: the current one; with
  // an empty text where nothing is. Unset where the submission does not count:
  // it is a draft or was given back.
  //
  // Errors:
  //   NOT_FOUND, reason SUBMISSION_NOT_FOUND.
  //   FAILED_PRECONDITION, reason STORE_RESTORED: the revision is another
  //     store's.
  //   UNAVAILABLE, reason SURVEY_UNAVAILABLE.
  absl::StatusOr<std::optional<SourceAnswer>> FindAnswer(
      const platform::CallContext& call, const std::string& submission,
      const std::string& item, std::int64_t data_version,
      const std::string& data_incarnation);

  // Returns how the survey names a respondent in its answers to a round,
  // `131016-council`, whichever code of its municipality `respondent` has; nothing
  // where it has not begun to answer.
  //
  // Errors: UNAVAILABLE, reason SURVEY_UNAVAILABLE; INTERNAL, reason
  //   PEER_ANSWER_INVALID.
  absl::StatusOr<std::optional<std::string>> FindRespondent(
      const platform::CallContext& call, const base::RoundName& round,
      const base::Respondent& respondent);

 private:
  struct Stub;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::report
