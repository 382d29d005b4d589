#include "services/survey/api/submission_calls.h"

#include <cstdint>
#include <string>

#include "services/base/error.h"
#include "services/platform/rpc/write_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/api/submission_requests.h"
#include "services/survey/errors.h"
#include "services/survey/store/apply.h"

namespace welfare::survey {

absl::Status SubmissionCalls::Change(const Call& call, const Write& write,
                                     const Plan& plan,
                                     v1::Submission& response) {
  // Also of a repeat, which does not run again.
  WELFARE_RETURN_IF_ERROR(CheckMayOpen(call, d_.store, d_.content, write.sent));
  const base::RoundName round = write.sent.parent();
  Contact contact;
  std::int64_t revision = 0;
  const auto run = [&](StoreReader& store,
                       StoreWriter* writer) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, round));
    if (opened.frame == nullptr) {
      return RoundNotOpen(round, ToString(opened.round.state));
    }
    const base::SubmissionName name = opened.Resolve(write.sent);
    WELFARE_ASSIGN_OR_RETURN(
        const Standing standing,
        ReadStanding(store.submissions(), name, write.input));
    WELFARE_ASSIGN_OR_RETURN(
        const PlannedChange change,
        plan(standing, opened, name,
             writer == nullptr ? d_.clock.Now() : writer->time()));
    Submission after = change.submission;
    if (writer != nullptr) {
      WELFARE_ASSIGN_OR_RETURN(after, Apply(writer->submissions(), change));
      revision = after.round_revision;
      WELFARE_ASSIGN_OR_RETURN(contact, store.submissions().FindContact(name));
    }
    // The reply is kept for repeats, so it holds no personal data.
    response = ToProto(after, opened.round, true);
    SetViolations(FindViolations(opened, after), call.language, response);
    return absl::OkStatus();
  };
  if (write.validate_only) {
    return d_.store.Read(
        call.limits, [&](StoreReader& store) { return run(store, nullptr); });
  }
  WELFARE_ASSIGN_OR_RETURN(
      const bool repeated,
      RunWrite(d_.store, write.request, response,
               [&](StoreWriter& writer) { return run(writer, &writer); }));
  d_.versions.Announce(round, repeated ? 0 : revision);
  if (repeated) {
    // Nothing was written now: the contact is read as it stands.
    WELFARE_ASSIGN_OR_RETURN(
        const auto name,
        ParseName<base::SubmissionName>("submission.name", response.name()));
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(contact,
                                   store.submissions().FindContact(name));
          return absl::OkStatus();
        }));
  }
  SetContact(contact, response);
  return absl::OkStatus();
}

absl::Status SubmissionCalls::CreateSubmission(
    const Call& call, const v1::CreateSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const CreatedName created, ReadCreatedName(request));
  WELFARE_ASSIGN_OR_RETURN(
      const SubmissionInput input,
      ReadInput(request.submission(), {}, ViewerOf(call, created.name.survey)));
  return Change(
      call,
      {.request = write,
       .sent = created.name,
       .validate_only = request.validate_only(),
       .input = input},
      [&](const Standing& standing, const OpenedRound& opened,
          const base::SubmissionName& name,
          base::Timestamp) -> absl::StatusOr<PlannedChange> {
        if (opened.Resolve(created.twin) != name) return NameContradicts();
        return PlanCreate(standing, opened, name, input,
                          {.author = AuthorOf(call, opened, name),
                           .reason = request.reason()});
      },
      response);
}

absl::Status SubmissionCalls::UpdateSubmission(
    const Call& call, const v1::UpdateSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const auto sent,
                           ParseName<base::SubmissionName>(
                               "submission.name", request.submission().name()));
  WELFARE_ASSIGN_OR_RETURN(
      const SubmissionInput input,
      ReadInput(request.submission(), request.update_mask(),
                ViewerOf(call, sent.survey)));
  return Change(
      call,
      {.request = write,
       .sent = sent,
       .validate_only = request.validate_only(),
       .input = input},
      [&](const Standing& standing, const OpenedRound& opened,
          const base::SubmissionName& name, base::Timestamp) {
        return PlanUpdate(standing, opened, name, request.submission().etag(),
                          input,
                          {.author = AuthorOf(call, opened, name),
                           .reason = request.reason()});
      },
      response);
}

absl::Status SubmissionCalls::SubmitSubmission(
    const Call& call, const v1::SubmitSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const auto sent, ParseName<base::SubmissionName>("name", request.name()));
  return Change(
      call, {.request = write, .sent = sent},
      [&](const Standing& standing, const OpenedRound& opened,
          const base::SubmissionName& name, base::Timestamp now) {
        return PlanSubmit(standing, opened, name, request.etag(), now);
      },
      response);
}

absl::Status SubmissionCalls::AcceptSubmission(
    const Call& call, const v1::AcceptSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const auto sent, ParseName<base::SubmissionName>("name", request.name()));
  return Change(
      call, {.request = write, .sent = sent},
      [&](const Standing& standing, const OpenedRound& opened,
          const base::SubmissionName& name, base::Timestamp) {
        return PlanAccept(standing, opened, name, request.etag());
      },
      response);
}

absl::Status SubmissionCalls::ReturnSubmission(
    const Call& call, const v1::ReturnSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const auto sent, ParseName<base::SubmissionName>("name", request.name()));
  return Change(
      call, {.request = write, .sent = sent},
      [&](const Standing& standing, const OpenedRound& opened,
          const base::SubmissionName& name, base::Timestamp) {
        return PlanReturn(standing, opened, name, request.etag(),
                          request.reason());
      },
      response);
}

}  // namespace welfare::survey
