// What was published about rounds, judged.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/indicator/v1/indicator_service.pb.h"

#include "services/base/names/resource_name.h"
#include "services/indicator/api/reply_cache.h"
#include "services/indicator/api/round_source.h"
#include "services/indicator/peers/survey_peer.h"
#include "services/indicator/statements/survey_data.h"
#include "services/platform/cache/shared_bytes.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::indicator {

// Any thread may call it; calls block on peers, so they run on the pool.
class StatementReader {
 public:
  struct Dependencies {
    const Surveys& surveys;
    const SurveyPeer& survey;
    RoundSource& rounds;
    const ReplyCache& cache;
    platform::Histogram& compute_seconds;
  };
  // All must outlive the reader.
  explicit StatementReader(const Dependencies& dependencies);

  // Answers with the serialized reply.
  //
  // Errors: those the method lists in indicator_service.proto.
  absl::Status ListStatements(const platform::CallContext& call,
                              const v1::ListStatementsRequest& request,
                              platform::SharedBytes& bytes);

 private:
  // The state of the round before that statements about `round`, which is at
  // `pin`, compare with: revision 0 where there is none, kPlanned where it was
  // never opened. `paged`: the revision of the first page, on later pages.
  absl::StatusOr<Pin> PinBefore(const platform::CallContext& call,
                                const v1::ListStatementsRequest& request,
                                const base::RoundName& round, const Pin& pin,
                                std::optional<std::int64_t> paged);

  const Surveys& surveys_;
  const SurveyPeer& survey_;
  RoundSource& rounds_;
  const ReplyCache& cache_;
  platform::Histogram& compute_seconds_;
};

}  // namespace welfare::indicator
