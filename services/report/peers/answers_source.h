// Where the answers of single respondents come from.
#pragma once

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/snapshot/answers.h"

namespace welfare::report {

// The revisions that a report was made from.
struct AnswersSpec {
  base::RoundName round;
  Basis basis = Basis::kProvisional;
  Provenance pins;
};

// Reads answers and figures at earlier revisions. Any thread may call it.
class AnswersSource {
 public:
  AnswersSource() = default;
  AnswersSource(const AnswersSource&) = delete;
  AnswersSource& operator=(const AnswersSource&) = delete;
  virtual ~AnswersSource() = default;

  // Returns answers and figures of the round and of the one before, if the pins
  // have one. The edition is left to the caller.
  //
  // Errors:
  //   NOT_FOUND, reason ROUND_NOT_FOUND.
  //   FAILED_PRECONDITION, reason STORE_RESTORED: a peer is another store than
  //     the pins count in.
  //   OUT_OF_RANGE, reason VERSION_NOT_REACHED: a pin lies ahead.
  //   UNAVAILABLE, reason INDICATOR_UNAVAILABLE or SURVEY_UNAVAILABLE.
  //   INTERNAL, reason PEER_ANSWER_INVALID.
  //   CANCELLED, DEADLINE_EXCEEDED: the call ended.
  virtual absl::StatusOr<FeedbackContent> Take(const platform::CallContext& call,
                                               const AnswersSpec& spec) = 0;

  // Returns the answers of the round alone. Errors: as Take.
  virtual absl::StatusOr<RoundAnswers> TakeAnswers(
      const platform::CallContext& call, const AnswersSpec& spec) = 0;
};

}  // namespace welfare::report
