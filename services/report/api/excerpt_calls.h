// Excerpts of written answers: taken, edited, consented to.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
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
  // Of the caller's own answers.
  absl::Status ListProposals(const platform::CallContext& call,
                             const v1::ListExcerptProposalsRequest& request,
                             v1::ListExcerptProposalsResponse& response);
  absl::Status Decide(const platform::CallContext& call,
                      const v1::ConsentToExcerptRequest& request,
                      v1::ExcerptProposal& response);

 private:
  // Returns the caller as answers of the round are named by it; nothing where it
  // is no respondent of it, or has not answered.
  absl::StatusOr<std::optional<std::string>> Self(
      const platform::CallContext& call, const base::RoundName& round);

  Dependencies with_;
};

}  // namespace welfare::report
