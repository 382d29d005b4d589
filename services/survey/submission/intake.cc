#include "services/survey/submission/intake.h"

#include <utility>

#include "services/survey/errors.h"
#include "services/survey/submission/text_limits.h"

namespace welfare::survey {
namespace {

// OK when the round takes changes of a submission in `state`. A returned one
// may be mended after the round has closed.
absl::Status CheckTakesAnswers(const OpenedRound& opened,
                               std::optional<SubmissionState> state) {
  const Round& round = opened.round;
  const bool reopened =
      round.state == RoundState::kClosed && state == SubmissionState::kReturned;
  if (round.state == RoundState::kOpen || reopened) return absl::OkStatus();
  return RoundNotOpen(round.name, round.state);
}

absl::StatusOr<const FrameRow*> FindRow(const OpenedRound& opened,
                                        const base::SubmissionName& name) {
  const auto index = opened.frame->Find(name.respondent);
  if (index) return &opened.frame->row(*index);
  return SubmissionInvalid(std::vector<base::Violation>{
      {.field = "submission_id",
       .reason = "UNKNOWN_MUNICIPALITY",
       .description = "The round's population has no respondent " +
                      name.respondent.ToString() + "."}});
}

absl::StatusOr<Submission> FindCurrent(StoreReader& store,
                                       const base::SubmissionName& name,
                                       std::string_view etag) {
  WELFARE_ASSIGN_OR_RETURN(auto stored, store.FindSubmission(name));
  if (!stored) return SubmissionNotFound(name);
  const std::string current = EntityTag(store.incarnation(), stored->revision);
  if (!etag.empty() && etag != current) {
    return EtagMismatch(name.ToString(), current);
  }
  return *std::move(stored);
}

absl::StatusOr<std::vector<Answer>> Check(const OpenedRound& opened,
                                          const base::SubmissionName& name,
                                          std::span<const SentAnswer> sent,
                                          Completeness completeness) {
  WELFARE_ASSIGN_OR_RETURN(const FrameRow* row, FindRow(opened, name));
  ValidationResult result = ValidateAnswers(
      *opened.codebook, *row, name.fiscal_year.value(), sent, completeness);
  if (!result.ok()) {
    return SubmissionInvalid(
        std::span<const AnswerViolation>(result.violations));
  }
  return std::move(result.answers);
}

// Checks what a call sends of the header.
absl::Status CheckHeader(const SubmissionInput& input) {
  if (!input.contact) return absl::OkStatus();
  std::vector<base::Violation> violations = CheckContact(*input.contact);
  if (violations.empty()) return absl::OkStatus();
  for (base::Violation& violation : violations) {
    violation.field = "header." + violation.field;
  }
  return SubmissionInvalid(std::move(violations));
}

// The answers of a draft: the wrong ones are kept as long as they can be.
absl::StatusOr<std::vector<Answer>> Keep(const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::span<const SentAnswer> sent) {
  WELFARE_ASSIGN_OR_RETURN(const FrameRow* row, FindRow(opened, name));
  ValidationResult result =
      ValidateAnswers(*opened.codebook, *row, name.fiscal_year.value(), sent,
                      Completeness::kPartial);
  if (!result.keepable()) {
    return SubmissionInvalid(
        std::span<const AnswerViolation>(result.violations));
  }
  return std::move(result.kept);
}

void SetReceived(Submission& submission, const Round& round,
                 std::optional<base::Date> day) {
  submission.received_on = day;
  submission.late = day && IsLate(round, *day);
}

void SetAnswers(Submission& submission, std::vector<Answer> answers) {
  submission.digest = AnswersDigest(answers);
  submission.answers = std::move(answers);
}

}  // namespace

base::SubmissionName OpenedRound::Resolve(
    const base::SubmissionName& sent) const {
  base::SubmissionName name = sent;
  if (frame == nullptr) return name;
  if (const auto row = frame->Resolve(sent.respondent)) {
    name.respondent = frame->row(*row).respondent;
  }
  return name;
}

absl::StatusOr<PlannedChange> PlanCreate(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         const SubmissionInput& input) {
  WELFARE_RETURN_IF_ERROR(CheckHeader(input));
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, std::nullopt));
  WELFARE_ASSIGN_OR_RETURN(const auto stored, store.FindSubmission(name));
  if (stored) return SubmissionExists(name);
  const std::vector<SentAnswer> none;
  WELFARE_ASSIGN_OR_RETURN(
      auto answers, Keep(opened, name, input.answers ? *input.answers : none));
  PlannedChange plan{.submission = {.name = name}, .changed = true};
  plan.submission.registry_version = opened.round.registry_version;
  SetAnswers(plan.submission, std::move(answers));
  SetReceived(plan.submission, opened.round, input.received_on);
  plan.contact = input.contact;
  return plan;
}

absl::StatusOr<PlannedChange> PlanUpdate(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         const SubmissionInput& input) {
  WELFARE_RETURN_IF_ERROR(CheckHeader(input));
  WELFARE_ASSIGN_OR_RETURN(auto current, FindCurrent(store, name, etag));
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, current.state));
  if (!IsEditable(current.state)) {
    return SubmissionStateWrong(name, current.state, "be a draft or returned");
  }
  PlannedChange plan{.submission = std::move(current)};
  plan.contact = input.contact;
  Submission& next = plan.submission;
  if (input.answers) {
    WELFARE_ASSIGN_OR_RETURN(auto answers, Keep(opened, name, *input.answers));
    const std::string before = next.digest;
    SetAnswers(next, std::move(answers));
    plan.changed = next.digest != before;
  }
  if (input.received_on && input.received_on != next.received_on) {
    SetReceived(next, opened.round, input.received_on);
    plan.changed = true;
  } else if (input.clear_received_on && next.received_on) {
    SetReceived(next, opened.round, std::nullopt);
    plan.changed = true;
  }
  if (plan.changed) next.registry_version = opened.round.registry_version;
  return plan;
}

absl::StatusOr<PlannedChange> PlanSubmit(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         base::Timestamp now) {
  WELFARE_ASSIGN_OR_RETURN(auto current, FindCurrent(store, name, etag));
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, current.state));
  if (!IsEditable(current.state)) {
    return SubmissionStateWrong(name, current.state, "be a draft or returned");
  }
  WELFARE_ASSIGN_OR_RETURN(
      auto answers,
      Check(opened, name, ToSent(current.answers), Completeness::kComplete));
  PlannedChange plan{.submission = std::move(current), .changed = true};
  SetAnswers(plan.submission, std::move(answers));
  plan.submission.state = SubmissionState::kSubmitted;
  plan.submission.reason.clear();
  plan.submission.registry_version = opened.round.registry_version;
  if (!plan.submission.received_on) {
    SetReceived(plan.submission, opened.round, base::DateInTokyo(now));
  }
  return plan;
}

absl::StatusOr<PlannedChange> PlanAccept(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag) {
  WELFARE_ASSIGN_OR_RETURN(auto current, FindCurrent(store, name, etag));
  if (opened.round.state == RoundState::kFinal) {
    return RoundStateWrong(opened.round.name, opened.round.state,
                           "be open or closed");
  }
  if (current.state == SubmissionState::kAccepted) {
    return PlannedChange{.submission = std::move(current)};
  }
  if (current.state != SubmissionState::kSubmitted) {
    return SubmissionStateWrong(name, current.state, "be handed in");
  }
  PlannedChange plan{.submission = std::move(current), .changed = true};
  plan.submission.state = SubmissionState::kAccepted;
  plan.submission.reason.clear();
  return plan;
}

absl::StatusOr<PlannedChange> PlanReturn(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         std::string_view why) {
  if (why.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return ReasonRequired();
  }
  if (auto violation = CheckLength("reason", why, kLongestReason)) {
    return SubmissionInvalid(std::vector{*std::move(violation)});
  }
  WELFARE_ASSIGN_OR_RETURN(auto current, FindCurrent(store, name, etag));
  if (opened.round.state == RoundState::kFinal) {
    return RoundStateWrong(opened.round.name, opened.round.state,
                           "be open or closed");
  }
  if (current.state != SubmissionState::kSubmitted &&
      current.state != SubmissionState::kAccepted) {
    return SubmissionStateWrong(name, current.state,
                                "be handed in or accepted");
  }
  PlannedChange plan{.submission = std::move(current), .changed = true};
  plan.submission.state = SubmissionState::kReturned;
  plan.submission.reason = std::string(why);
  return plan;
}

absl::StatusOr<PlannedChange> PlanImport(
    const std::optional<Submission>& stored, const OpenedRound& opened,
    const base::SubmissionName& name, std::vector<Answer> answers,
    const SubmissionInput& header, base::Timestamp now) {
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(
      opened, stored ? std::optional(stored->state) : std::nullopt));
  PlannedChange plan{.submission = {.name = name}, .changed = true};
  plan.contact = header.contact;
  if (stored) {
    const bool equal =
        AnswersDigest(answers) == stored->digest &&
        (!header.received_on || header.received_on == stored->received_on);
    if (equal && IsReceived(stored->state)) {
      return PlannedChange{.submission = *stored, .contact = header.contact};
    }
    if (!IsEditable(stored->state) &&
        stored->state != SubmissionState::kSubmitted) {
      return SubmissionStateWrong(name, stored->state,
                                  "be returned before other answers come");
    }
    plan.submission = *stored;
  }
  Submission& next = plan.submission;
  SetAnswers(next, std::move(answers));
  next.state = SubmissionState::kSubmitted;
  next.reason.clear();
  next.registry_version = opened.round.registry_version;
  const std::optional<base::Date> received =
      header.received_on ? header.received_on : next.received_on;
  SetReceived(next, opened.round,
              received ? *received : base::DateInTokyo(now));
  return plan;
}

absl::StatusOr<PlannedChange> PlanHeader(const Submission& stored,
                                         const OpenedRound& opened,
                                         const SubmissionInput& header) {
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, stored.state));
  PlannedChange plan{.submission = stored, .contact = header.contact};
  if (!header.received_on || header.received_on == stored.received_on) {
    return plan;
  }
  if (!IsEditable(stored.state) &&
      stored.state != SubmissionState::kSubmitted) {
    return SubmissionStateWrong(stored.name, stored.state,
                                "be returned before its header changes");
  }
  SetReceived(plan.submission, opened.round, header.received_on);
  plan.changed = true;
  return plan;
}

std::vector<AnswerViolation> FindViolations(const OpenedRound& opened,
                                            const Submission& submission) {
  if (!IsEditable(submission.state)) return {};
  const auto row = opened.frame->Find(submission.name.respondent);
  if (!row) return {};
  return ValidateAnswers(*opened.codebook, opened.frame->row(*row),
                         submission.name.fiscal_year.value(),
                         ToSent(submission.answers), Completeness::kPartial)
      .violations;
}

absl::StatusOr<Submission> Apply(StoreWriter& store,
                                 const PlannedChange& change) {
  Submission result = change.submission;
  bool changed = change.changed;
  if (!changed && change.contact) {
    WELFARE_ASSIGN_OR_RETURN(const Contact before,
                             store.FindContact(result.name));
    changed = before != *change.contact;
  }
  if (changed) {
    WELFARE_ASSIGN_OR_RETURN(result, store.AppendSubmission(result));
  }
  if (change.contact) {
    WELFARE_RETURN_IF_ERROR(store.StoreContact(result.name, *change.contact));
  }
  return result;
}

}  // namespace welfare::survey
