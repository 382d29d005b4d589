#include "services/survey/api/survey_api.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "services/base/error.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"
#include "services/survey/submission/intake.h"

namespace welfare::survey {
namespace {

// More than the questions of any codebook; before they are looked at.
constexpr int kMostAnswersSent = 20'000;

// The header's fields that a request changes.
struct HeaderEdit {
  std::optional<std::string> department;
  std::optional<std::string> contact;
  bool received_on = false;
};

// What a request changes of a submission.
struct Edit {
  SubmissionInput input;  // but for the contact
  HeaderEdit header;
};

std::vector<SentAnswer> ReadAnswers(const v1::Submission& submission) {
  std::vector<SentAnswer> answers;
  for (const v1::Answer& answer : submission.answers()) {
    answers.push_back(SentFromProto(answer));
  }
  return answers;
}

// An edit of the parts that are populated.
Edit ReadPopulated(const v1::Submission& submission) {
  Edit edit;
  if (submission.answers_size() > 0) {
    edit.input.answers = ReadAnswers(submission);
  }
  const v1::SubmissionHeader& header = submission.header();
  if (!header.department().empty()) {
    edit.header.department = header.department();
  }
  if (!header.contact().empty()) edit.header.contact = header.contact();
  edit.header.received_on = header.has_received_on();
  return edit;
}

// An edit of the parts that a mask names, each as the request has it; an empty
// mask names what is populated (AIP-134).
//
// Errors: INVALID_ARGUMENT, SUBMISSION_INVALID, every path that is unknown and
// a day that does not exist.
absl::StatusOr<Edit> ReadEdit(const v1::Submission& submission,
                              const google::protobuf::FieldMask& mask) {
  if (submission.answers_size() > kMostAnswersSent) {
    return SubmissionInvalid(std::vector<base::Violation>{
        {.field = "answers",
         .reason = std::string(reason::kTooManyAnswers),
         .description = std::to_string(submission.answers_size()) +
                        " answers are more than any codebook has questions; "
                        "send one for each."}});
  }
  std::vector<base::Violation> violations;
  Edit edit = mask.paths().empty() ? ReadPopulated(submission) : Edit{};
  const v1::SubmissionHeader& header = submission.header();
  for (const std::string& path : mask.paths()) {
    const bool all = path == "*";
    const bool whole = all || path == "header";
    bool known = whole;
    if (all || path == "answers") {
      edit.input.answers = ReadAnswers(submission);
      known = true;
    }
    if (whole || path == "header.department") {
      edit.header.department = header.department();
      known = true;
    }
    if (whole || path == "header.contact") {
      edit.header.contact = header.contact();
      known = true;
    }
    if (whole || path == "header.received_on") {
      edit.header.received_on = true;
      known = true;
    }
    // Those that only the service writes are ignored.
    if (!known &&
        v1::Submission::descriptor()->FindFieldByName(path) == nullptr) {
      violations.push_back(
          {.field = "update_mask",
           .reason = "PATH_UNKNOWN",
           .description = "The mask names 'header', its fields, 'answers' or "
                          "'*', not '" +
                          path + "'."});
    }
  }
  if (edit.header.received_on) {
    const auto day = DateFromProto(header.received_on());
    if (!day.ok()) {
      violations.push_back(MakeViolation("header.received_on", day.status()));
    } else {
      edit.input.received_on = *day;
      edit.input.clear_received_on = !day->has_value();
    }
  }
  if (!violations.empty()) return SubmissionInvalid(std::move(violations));
  return edit;
}

// The input with the contact as it will be: what the edit leaves out stays.
absl::StatusOr<SubmissionInput> Complete(StoreReader& store,
                                         const base::SubmissionName& name,
                                         const Edit& edit) {
  SubmissionInput input = edit.input;
  const HeaderEdit& header = edit.header;
  if (!header.department && !header.contact) return input;
  WELFARE_ASSIGN_OR_RETURN(Contact contact, store.FindContact(name));
  if (header.department) contact.department = *header.department;
  if (header.contact) contact.contact = *header.contact;
  input.contact = std::move(contact);
  return input;
}

absl::Status NameContradicts() {
  return SubmissionInvalid(std::vector<base::Violation>{
      {.field = "submission.name",
       .reason = "NAME_CONTRADICTS",
       .description = "The name and submission_id disagree."}});
}

}  // namespace

absl::Status SurveyApi::ChangeSubmission(const Call& call,
                                         const ChangeRequest& request,
                                         const base::SubmissionName& sent,
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
                             d_.content.Load(store, sent.parent()));
    if (opened.frame == nullptr) {
      return RoundNotOpen(sent.parent(), opened.round.state);
    }
    const base::SubmissionName name = opened.Resolve(sent);
    WELFARE_ASSIGN_OR_RETURN(
        const PlannedChange plan,
        decide(store, opened, name,
               writer == nullptr ? d_.clock.Now() : writer->time()));
    Submission after = plan.submission;
    if (writer != nullptr) {
      WELFARE_ASSIGN_OR_RETURN(after, Apply(*writer, plan));
      revision = after.round_revision;
      WELFARE_ASSIGN_OR_RETURN(contact, store.FindContact(name));
    }
    // The reply is kept for repeats, so it holds no personal data.
    v1::Submission reply = ToProto(after, opened.round, true);
    SetViolations(FindViolations(opened, after), reply);
    return reply.SerializeAsString();
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
  Announce(sent.parent(), revision);
  if (!contact.has_value()) {
    // A repeat: nothing was written now, and stored replies hold no personal
    // data.
    WELFARE_ASSIGN_OR_RETURN(
        const auto name,
        ParseName<base::SubmissionName>("submission.name", response.name()));
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
  // May spell the respondent otherwise.
  base::SubmissionName twin = name;
  if (const std::string& text = request.submission().name(); !text.empty()) {
    auto parsed = base::SubmissionName::Parse(text);
    if (!parsed.ok() || parsed->parent() != round) return NameContradicts();
    twin = *std::move(parsed);
  }
  WELFARE_ASSIGN_OR_RETURN(const Edit edit, ReadEdit(request.submission(), {}));
  return ChangeSubmission(
      call, MakeChange(call, "CreateSubmission", request), name,
      request.validate_only(),
      [&](StoreReader& store, const OpenedRound& opened,
          const base::SubmissionName& resolved,
          base::Timestamp) -> absl::StatusOr<PlannedChange> {
        if (opened.Resolve(twin) != resolved) return NameContradicts();
        WELFARE_ASSIGN_OR_RETURN(const SubmissionInput input,
                                 Complete(store, resolved, edit));
        return PlanCreate(store, opened, resolved, input);
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
  WELFARE_ASSIGN_OR_RETURN(
      const Edit edit, ReadEdit(request.submission(), request.update_mask()));
  return ChangeSubmission(
      call, MakeChange(call, "UpdateSubmission", request), name,
      request.validate_only(),
      [&](StoreReader& store, const OpenedRound& opened,
          const base::SubmissionName& resolved,
          base::Timestamp) -> absl::StatusOr<PlannedChange> {
        WELFARE_ASSIGN_OR_RETURN(const SubmissionInput input,
                                 Complete(store, resolved, edit));
        return PlanUpdate(store, opened, resolved, request.submission().etag(),
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
      [&](StoreReader& store, const OpenedRound& opened,
          const base::SubmissionName& resolved, base::Timestamp now) {
        return PlanSubmit(store, opened, resolved, request.etag(), now);
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
      [&](StoreReader& store, const OpenedRound& opened,
          const base::SubmissionName& resolved, base::Timestamp) {
        return PlanAccept(store, opened, resolved, request.etag());
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
      [&](StoreReader& store, const OpenedRound& opened,
          const base::SubmissionName& resolved, base::Timestamp) {
        return PlanReturn(store, opened, resolved, request.etag(),
                          request.reason());
      },
      response);
}

}  // namespace welfare::survey
