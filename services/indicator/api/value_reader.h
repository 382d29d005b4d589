// The values of indicators in rounds.
#pragma once

#include "absl/status/status.h"
#include "welfare/indicator/v1/indicator_service.pb.h"

#include "services/indicator/api/reply_cache.h"
#include "services/indicator/api/round_source.h"
#include "services/indicator/statements/survey_data.h"
#include "services/platform/cache/shared_bytes.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::indicator {

// Computes values and names who is behind them. Any thread may call it; calls
// block on peers, so they run on the pool.
class ValueReader {
 public:
  struct Dependencies {
    const Surveys& surveys;
    RoundSource& rounds;
    const ReplyCache& cache;
    platform::Histogram& compute_seconds;
  };
  // All must outlive the reader.
  explicit ValueReader(const Dependencies& dependencies);

  // Errors of each: those its method lists in indicator_service.proto. Where
  // there are `bytes` they are the serialized reply.
  absl::Status GetIndicatorValue(const platform::CallContext& call,
                                 const v1::GetIndicatorValueRequest& request,
                                 platform::SharedBytes& bytes);
  absl::Status ListIndicatorValues(
      const platform::CallContext& call,
      const v1::ListIndicatorValuesRequest& request,
      platform::SharedBytes& bytes);
  absl::Status ExplainIndicatorValue(
      const platform::CallContext& call,
      const v1::ExplainIndicatorValueRequest& request,
      v1::ExplainIndicatorValueResponse& response);

 private:
  const Surveys& surveys_;
  RoundSource& rounds_;
  const ReplyCache& cache_;
  platform::Histogram& compute_seconds_;
};

}  // namespace welfare::indicator
