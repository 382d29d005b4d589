// The calls that read submissions.
#pragma once

#include <utility>

#include "absl/status/status.h"

#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// The proto says what each does and which errors it can return. Any thread may
// call it.
class SubmissionReads {
 public:
  // `store` and `content` outlive the object; `incarnation` is the store's.
  SubmissionReads(SurveyStore& store, PinnedContent& content,
                  platform::Incarnation incarnation)
      : store_(store),
        content_(content),
        incarnation_(std::move(incarnation)) {}

  using Call = platform::CallContext;

  absl::Status GetSubmission(const Call&, const v1::GetSubmissionRequest&,
                             v1::Submission&);
  absl::Status ListSubmissions(const Call&, const v1::ListSubmissionsRequest&,
                               v1::ListSubmissionsResponse&);
  absl::Status ListSubmissionRevisions(
      const Call&, const v1::ListSubmissionRevisionsRequest&,
      v1::ListSubmissionRevisionsResponse&);

 private:
  SurveyStore& store_;
  PinnedContent& content_;
  const platform::Incarnation incarnation_;
};

}  // namespace welfare::survey
