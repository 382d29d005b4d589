// Excerpts of written answers: taken, edited, consented to.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"

#include "services/platform/rpc/call_context.h"
#include "services/report/peers/peer_survey.h"
#include "services/report/store/excerpt_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// Any thread may call it.
class ExcerptCalls {
 public:
  struct Dependencies {
    ExcerptStore& store;
    PeerSurvey& survey;
    std::string incarnation;  // the store's; page tokens are bound to it
  };
  // All must outlive the object.
  explicit ExcerptCalls(Dependencies dependencies)
      : with_(std::move(dependencies)) {}

  // Errors: as in the proto.
  absl::Status Create(const platform::CallContext& call,
                      const v1::CreateExcerptRequest& request,
                      v1::Excerpt& response);
  absl::Status Get(const platform::CallContext& call,
                   const v1::GetExcerptRequest& request, v1::Excerpt& response);
  absl::Status List(const platform::CallContext& call,
                    const v1::ListExcerptsRequest& request,
                    v1::ListExcerptsResponse& response);
  absl::Status Update(const platform::CallContext& call,
                      const v1::UpdateExcerptRequest& request,
                      v1::Excerpt& response);
  absl::Status RecordConsent(const platform::CallContext& call,
                             const v1::RecordExcerptConsentRequest& request,
                             v1::Excerpt& response);

 private:
  Dependencies with_;
};

}  // namespace welfare::report
