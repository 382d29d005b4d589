#include "services/survey/api/survey_api.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"
#include "services/survey/submission/intake.h"

namespace welfare::survey {
namespace {

// More than the questions of any codebook; before they are looked at.
constexpr int kMostAnswersSent = 20'000;

// Reads the parts of a submission that the mask names; an empty mask names
// what is populated.
absl::StatusOr<SubmissionInput> ReadInput(const v1::Submission& submission,
                                          bool answers, bool header) {
  SubmissionInput input;
  if (answers) {
    if (submission.answers_size() > kMostAnswersSent) {
      return SubmissionInvalid(std::vector<base::Violation>{
          {.field = "answers",
           .reason = std::string(reason::kTooManyAnswers),
           .description = std::to_string(submission.answers_size()) +
                          " answers are more than any codebook has "
                          "questions; send one for each."}});
    }
    input.answers.emplace();
    for (const v1::Answer& answer : submission.answers()) {
      input.answers->push_back(SentFromProto(answer));
    }
  }
  if (header && submission.has_header()) {
    input.contact = Contact{.department = submission.header().department(),
                            .contact = submission.header().contact()};
    const auto day = DateFromProto(submission.header().received_on());
    if (!day.ok()) {
      return SubmissionInvalid(std::vector<base::Violation>{
          MakeViolation("header.received_on", day.status())});
    }
    input.received_on = *day;
  } else if (header) {
    input.contact = Contact{};
  }
  return input;
}

absl::StatusOr<SubmissionInput> ReadMasked(
    const v1::UpdateSubmissionRequest& request) {
  const v1::Submission& submission = request.submission();
  if (request.update_mask().paths().empty()) {
    return ReadInput(submission, submission.answers_size() > 0,
                     submission.has_header());
  }
  bool answers = false;
  bool header = false;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "*") {
      answers = header = true;
    } else if (path == "answers") {
      answers = true;
    } else if (path == "header") {
      header = true;
    } else if (v1::Submission::descriptor()->FindFieldByName(path) == nullptr) {
      return SubmissionInvalid(std::vector<base::Violation>{
          {.field = "update_mask",
           .reason = "PATH_UNKNOWN",
           .description = "The mask names 'header', 'answers' or '*', not '" +
                          path + "'."}});
    }
  }
  return ReadInput(submission, answers, header);
}

}  // namespace

absl::Status SurveyApi::ChangeSubmission(const Call& call,
                                         const ChangeRequest& request,
                                         const base::SubmissionName& name,
                                         bool validate_only,
                                         const Decide& decide,
                                         v1::Submission& response) {
  // Set by the run that counts, the last one; a repeat has none.
  std::optional<Contact> contact;
  std::int64_t revision = 0;
  const auto run = [&](StoreReader& store,
                       StoreWriter* writer) -> absl::StatusOr<std::string> {
    contact.reset();
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, name.parent()));
    if (opened.frame == nullptr) {
      return RoundNotOpen(name.parent(), opened.round.state);
    }
    WELFARE_ASSIGN_OR_RETURN(
        const PlannedChange plan,
        decide(store, opened,
               writer == nullptr ? d_.clock.Now() : writer->time()));
    Submission after = plan.submission;
    if (writer != nullptr) {
      WELFARE_ASSIGN_OR_RETURN(after, Apply(*writer, plan));
      revision = after.round_revision;
      WELFARE_ASSIGN_OR_RETURN(contact, store.FindContact(name));
    }
    // The reply is kept for repeats, so it holds no personal data.
    return ToProto(after, opened.round, true).SerializeAsString();
  };
  std::string reply;
  if (validate_only) {
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(reply, run(store, nullptr));
          return absl::OkStatus();
        }));
    response.ParseFromString(reply);
    return absl::OkStatus();
  }
  WELFARE_ASSIGN_OR_RETURN(
      reply, d_.store.Change(Limits(call), request, [&](StoreWriter& writer) {
        return run(writer, &writer);
      }));
  response.ParseFromString(reply);
  Announce(name.parent(), revision);
  if (!contact.has_value()) {
    // A repeat: nothing was written now, and stored replies hold no personal
    // data.
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(contact, store.FindContact(name));
          return absl::OkStatus();
        }));
  }
  SetContact(*contact, response);
  return absl::OkStatus();
}

absl::Status SurveyApi::CreateSubmission(
    const Call& call, const v1::CreateSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto round, ParseName<base::RoundName>("parent", request.parent()));
  auto respondent = base::Respondent::Parse(request.submission_id());
  if (!respondent.ok()) {
    return NameInvalid("submission_id", request.submission_id(),
                       respondent.status());
  }
  const base::SubmissionName name{.survey = round.survey,
                                  .fiscal_year = round.fiscal_year,
                                  .respondent = *std::move(respondent)};
  const std::string& sent_name = request.submission().name();
  if (!sent_name.empty() && sent_name != name.ToString()) {
    return SubmissionInvalid(std::vector<base::Violation>{
        {.field = "submission.name",
         .reason = "NAME_CONTRADICTS",
         .description = "The name and submission_id disagree."}});
  }
  WELFARE_ASSIGN_OR_RETURN(
      const SubmissionInput input,
      ReadInput(request.submission(), true, request.submission().has_header()));
  return ChangeSubmission(
      call, MakeChange(call, "CreateSubmission", request), name,
      request.validate_only(),
      [&](StoreReader& store, const OpenedRound& opened, base::Timestamp) {
        return PlanCreate(store, opened, name, input);
      },
      response);
}

absl::Status SurveyApi::UpdateSubmission(
    const Call& call, const v1::UpdateSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::SubmissionName>(
                               "submission.name", request.submission().name()));
  WELFARE_ASSIGN_OR_RETURN(const SubmissionInput input, ReadMasked(request));
  return ChangeSubmission(
      call, MakeChange(call, "UpdateSubmission", request), name,
      request.validate_only(),
      [&](StoreReader& store, const OpenedRound& opened, base::Timestamp) {
        return PlanUpdate(store, opened, name, request.submission().etag(),
                          input);
      },
      response);
}

absl::Status SurveyApi::SubmitSubmission(
    const Call& call, const v1::SubmitSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  return ChangeSubmission(
      call, MakeChange(call, "SubmitSubmission", request), name, false,
      [&](StoreReader& store, const OpenedRound& opened, base::Timestamp now) {
        return PlanSubmit(store, opened, name, request.etag(), now);
      },
      response);
}

absl::Status SurveyApi::AcceptSubmission(
    const Call& call, const v1::AcceptSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  return ChangeSubmission(
      call, MakeChange(call, "AcceptSubmission", request), name, false,
      [&](StoreReader& store, const OpenedRound& opened, base::Timestamp) {
        return PlanAccept(store, opened, name, request.etag());
      },
      response);
}

absl::Status SurveyApi::ReturnSubmission(
    const Call& call, const v1::ReturnSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  return ChangeSubmission(
      call, MakeChange(call, "ReturnSubmission", request), name, false,
      [&](StoreReader& store, const OpenedRound& opened, base::Timestamp) {
        return PlanReturn(store, opened, name, request.etag(),
                          request.reason());
      },
      response);
}

}  // namespace welfare::survey
