// Which indicators there are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/indicator/v1/indicator_service.pb.h"

#include "services/indicator/definition/definition.h"
#include "services/indicator/peers/survey_peer.h"
#include "services/indicator/statements/survey_data.h"
#include "services/indicator/store/loaded_once.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::indicator {

// Lists the indicators of a survey outside any round: those over its latest
// published codebook. Any thread may call it; calls block on the survey, so
// they run on the pool.
class IndicatorReader {
 public:
  // Both must outlive the reader.
  IndicatorReader(const Surveys& surveys, const SurveyPeer& survey);

  // Errors of each: those its method lists in indicator_service.proto.
  absl::Status GetIndicator(const platform::CallContext& call,
                            const v1::GetIndicatorRequest& request,
                            v1::Indicator& response);
  absl::Status ListIndicators(const platform::CallContext& call,
                              const v1::ListIndicatorsRequest& request,
                              v1::ListIndicatorsResponse& response);

 private:
  using Definitions = std::vector<Definition>;

  absl::StatusOr<std::shared_ptr<const Definitions>> DefinitionsOf(
      const platform::CallContext& call, const std::string& survey);

  const Surveys& surveys_;
  const SurveyPeer& survey_;
  LoadedOnce<Definitions> definitions_;
};

}  // namespace welfare::indicator
