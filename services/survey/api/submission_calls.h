// The calls that write submissions.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/write_path.h"
#include "services/survey/observe/round_versions.h"
#include "services/survey/round/opened_round.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/intake.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// The proto says what each does and which errors it can return. Any thread may
// call it.
class SubmissionCalls {
 public:
  struct Dependencies {
    SurveyStore& store;
    PinnedContent& content;
    RoundVersions& versions;
    const base::Clock& clock;
  };
  // Everything in `dependencies` outlives the object.
  explicit SubmissionCalls(const Dependencies& dependencies)
      : d_(dependencies) {}

  using Call = platform::CallContext;

  absl::Status CreateSubmission(const Call&, const v1::CreateSubmissionRequest&,
                                v1::Submission&);
  absl::Status UpdateSubmission(const Call&, const v1::UpdateSubmissionRequest&,
                                v1::Submission&);
  absl::Status SubmitSubmission(const Call&, const v1::SubmitSubmissionRequest&,
                                v1::Submission&);
  absl::Status AcceptSubmission(const Call&, const v1::AcceptSubmissionRequest&,
                                v1::Submission&);
  absl::Status ReturnSubmission(const Call&, const v1::ReturnSubmissionRequest&,
                                v1::Submission&);

 private:
  // One write of a submission, which a call may have `sent` by any code of its
  // municipality.
  struct Write {
    platform::WriteRequest request;
    base::SubmissionName sent;
    bool validate_only = false;
    SubmissionInput input = {};
  };
  // What a write makes of the submission `name`, the one of its respondent; a
  // plan of submission/intake.h.
  using Plan = std::function<absl::StatusOr<PlannedChange>(
      const Standing&, const OpenedRound&, const base::SubmissionName& name,
      base::Timestamp now)>;

  // Plans on one state of the store, writes, answers, and tells those who wait.
  absl::Status Change(const Call& call, const Write& write, const Plan& plan,
                      v1::Submission& response);

  Dependencies d_;
};

}  // namespace welfare::survey
