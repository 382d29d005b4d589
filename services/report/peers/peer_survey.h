// What of a round its template depends on, asked of the survey service.
#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"

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

 private:
  struct Stub;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::report
