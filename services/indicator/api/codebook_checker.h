// Says before a codebook is published what of the definitions would not fit it.
#pragma once

#include "absl/status/status.h"
#include "welfare/indicator/v1/indicator_service.pb.h"

#include "services/indicator/peers/survey_peer.h"
#include "services/indicator/statements/survey_data.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::indicator {

// Any thread may call it; a call blocks on the survey. Nothing is remembered: a
// draft may change at any time.
class CodebookChecker {
 public:
  // Both must outlive the checker.
  CodebookChecker(const Surveys& surveys, const SurveyPeer& survey)
      : surveys_(surveys), survey_(survey) {}

  // Errors: those the method lists in indicator_service.proto.
  absl::Status CheckDefinitions(const platform::CallContext& call,
                                const v1::CheckDefinitionsRequest& request,
                                v1::CheckDefinitionsResponse& response);

 private:
  const Surveys& surveys_;
  const SurveyPeer& survey_;
};

}  // namespace welfare::indicator
