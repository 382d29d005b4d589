#include "services/survey/submission/intake.h"

#include <utility>

#include "services/base/error.h"
#include "services/survey/entity_tag.h"
#include "services/survey/error_table.h"
#include "services/survey/errors.h"
#include "services/survey/submission/validation.h"
#include "services/survey/text_limits.h"

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
  return RoundNotOpen(round.name, ToString(round.state));
}

absl::StatusOr<const FrameRow*> FindRow(const OpenedRound& opened,
                                        const base::SubmissionName& name) {
  const auto index = opened.frame->Find(name.respondent);
  if (index) return &opened.frame->row(*index);
  return SubmissionInvalid(std::vector{base::MakeViolation(
      base::FindRow(kFieldTable, "UNKNOWN_MUNICIPALITY"), "submission_id",
      {{"respondent", name.respondent.ToString()}})});
}

// The submission that a call means, where its caller knows the current one.
absl::StatusOr<Submission> FindCurrent(const Standing& standing,
                                       const OpenedRound& opened,
                                       const base::SubmissionName& name,
                                       std::string_view etag) {
  if (!standing.submission) return SubmissionNotFound(name);
  WELFARE_RETURN_IF_ERROR(CheckEntityTag(
      etag, name.ToString(),
      EntityTag(opened.round.incarnation, standing.submission->revision)));
  return *standing.submission;
}

absl::Status CheckNotFinal(const Round& round) {
  if (round.state != RoundState::kFinal) return absl::OkStatus();
  return RoundStateWrong(round.name, ToString(round.state),
                         wanted::kOpenOrClosed);
}

absl::Status StateWrong(const Submission& submission, const Phrase& needed) {
  return SubmissionStateWrong(submission.name, ToString(submission.state),
                              needed);
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

// The contact as it will be: what a call leaves out stays. Nothing where it
// sends nothing of it.
std::optional<Contact> NextContact(const Standing& standing,
                                   const SubmissionInput& input) {
  if (!input.sends_contact()) return std::nullopt;
  Contact next = standing.contact;
  if (input.department) next.department = *input.department;
  if (input.contact) next.contact = *input.contact;
  return Kept(next);
}

// Why a revision is made: as its writer says; else why the submission was given
// back, as long as it is to be mended.
std::string NextReason(const Standing& standing, std::string_view said = {}) {
  return IsBlank(said) ? standing.return_reason : std::string(said);
}

// Checks what stands beside the answers: whether there is a reason where one is
// due, the contact as it will be, and whether the day of receipt is the
// sender's to say.
absl::Status CheckBesideAnswers(const Standing& standing,
                                const SubmissionInput& input,
                                const std::optional<Contact>& contact,
                                const Authorship& by) {
  if (by.author == Author::kOnBehalf && IsBlank(by.reason)) {
    return ReasonRequired(why::kOnBehalf);
  }
  std::vector<base::Violation> violations;
  if (contact) violations = CheckContact(*contact);
  for (base::Violation& violation : violations) {
    violation.field = "header." + violation.field;
  }
  const bool says_a_day = input.keeps_received_on && input.received_on;
  const bool the_same = says_a_day && standing.submission &&
                        standing.submission->received_on == *input.received_on;
  if (says_a_day && !the_same) {
    violations.push_back(
        base::MakeViolation(base::FindRow(kFieldTable, "RECEIVED_ON_RESERVED"),
                            "header.received_on"));
  }
  if (auto fault = CheckLength("reason", by.reason, kLongestReason)) {
    violations.push_back(*std::move(fault));
  }
  if (violations.empty()) return absl::OkStatus();
  return SubmissionInvalid(std::move(violations));
}

// Adds the contact to a plan where it is another one.
void SetContact(PlannedChange& plan, const Standing& standing,
                const std::optional<Contact>& next) {
  if (!next || *next == standing.contact) return;
  plan.contact = next;
  plan.changed = true;
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

// Hands in what a file says.
void HandIn(PlannedChange& plan, const Standing& standing,
            const OpenedRound& opened, const SubmissionInput& header,
            base::Timestamp now) {
  Submission& next = plan.submission;
  next.state = SubmissionState::kSubmitted;
  next.reason.clear();
  next.registry_version = opened.round.registry_version;
  const std::optional<base::Date> received =
      header.received_on ? header.received_on : next.received_on;
  SetReceived(next, opened.round,
              received ? *received : base::DateInTokyo(now));
  SetContact(plan, standing, NextContact(standing, header));
}

void SetAnswers(Submission& submission, std::vector<Answer> answers) {
  submission.digest = AnswersDigest(answers);
  submission.answers = std::move(answers);
}

}  // namespace

absl::StatusOr<PlannedChange> PlanCreate(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         const SubmissionInput& input,
                                         const Authorship& by) {
  const std::optional<Contact> contact = NextContact(standing, input);
  WELFARE_RETURN_IF_ERROR(CheckBesideAnswers(standing, input, contact, by));
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, std::nullopt));
  if (standing.submission) return SubmissionExists(name);
  const std::vector<SentAnswer> none;
  WELFARE_ASSIGN_OR_RETURN(
      auto answers, Keep(opened, name, input.answers ? *input.answers : none));
  PlannedChange plan{.submission = {.name = name}, .changed = true};
  plan.submission.registry_version = opened.round.registry_version;
  plan.submission.reason = NextReason(standing, by.reason);
  SetAnswers(plan.submission,
             SettleProvenance(by.author, {}, std::move(answers)));
  SetReceived(plan.submission, opened.round, input.received_on);
  SetContact(plan, standing, contact);
  return plan;
}

absl::StatusOr<PlannedChange> PlanUpdate(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         const SubmissionInput& input,
                                         const Authorship& by) {
  const std::optional<Contact> contact = NextContact(standing, input);
  WELFARE_RETURN_IF_ERROR(CheckBesideAnswers(standing, input, contact, by));
  WELFARE_ASSIGN_OR_RETURN(auto current,
                           FindCurrent(standing, opened, name, etag));
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, current.state));
  if (!IsEditable(current.state)) {
    return StateWrong(current, wanted::kEditable);
  }
  PlannedChange plan{.submission = std::move(current)};
  Submission& next = plan.submission;
  if (input.answers) {
    WELFARE_ASSIGN_OR_RETURN(auto answers, Keep(opened, name, *input.answers));
    const std::string before = next.digest;
    SetAnswers(next,
               SettleProvenance(by.author, next.answers, std::move(answers)));
    plan.changed = next.digest != before;
  }
  if (input.received_on && input.received_on != next.received_on) {
    SetReceived(next, opened.round, input.received_on);
    plan.changed = true;
  } else if (input.clear_received_on && !input.keeps_received_on &&
             next.received_on) {
    SetReceived(next, opened.round, std::nullopt);
    plan.changed = true;
  }
  if (plan.changed) next.registry_version = opened.round.registry_version;
  SetContact(plan, standing, contact);
  if (plan.changed) next.reason = NextReason(standing, by.reason);
  return plan;
}

absl::StatusOr<PlannedChange> PlanSubmit(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         base::Timestamp now) {
  WELFARE_ASSIGN_OR_RETURN(auto current,
                           FindCurrent(standing, opened, name, etag));
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, current.state));
  if (!IsEditable(current.state)) {
    return StateWrong(current, wanted::kEditable);
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

absl::StatusOr<PlannedChange> PlanAccept(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag) {
  WELFARE_ASSIGN_OR_RETURN(auto current,
                           FindCurrent(standing, opened, name, etag));
  WELFARE_RETURN_IF_ERROR(CheckNotFinal(opened.round));
  if (current.state == SubmissionState::kAccepted) {
    return PlannedChange{.submission = std::move(current)};
  }
  if (current.state != SubmissionState::kSubmitted) {
    return StateWrong(current, wanted::kHandedIn);
  }
  PlannedChange plan{.submission = std::move(current), .changed = true};
  plan.submission.state = SubmissionState::kAccepted;
  plan.submission.reason.clear();
  return plan;
}

absl::StatusOr<PlannedChange> PlanReturn(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         std::string_view why) {
  if (IsBlank(why)) return ReasonRequired(why::kReturned);
  if (auto violation = CheckLength("reason", why, kLongestReason)) {
    return SubmissionInvalid(std::vector{*std::move(violation)});
  }
  WELFARE_ASSIGN_OR_RETURN(auto current,
                           FindCurrent(standing, opened, name, etag));
  WELFARE_RETURN_IF_ERROR(CheckNotFinal(opened.round));
  if (current.state != SubmissionState::kSubmitted &&
      current.state != SubmissionState::kAccepted) {
    return StateWrong(current, wanted::kHandedInOrAccepted);
  }
  PlannedChange plan{.submission = std::move(current), .changed = true};
  plan.submission.state = SubmissionState::kReturned;
  plan.submission.reason = std::string(why);
  return plan;
}

absl::StatusOr<PlannedChange> PlanImport(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::vector<Answer> answers,
                                         const SubmissionInput& header,
                                         base::Timestamp now, Author by) {
  const std::optional<Submission>& stored = standing.submission;
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(
      opened, stored ? std::optional(stored->state) : std::nullopt));
  PlannedChange plan{.submission = {.name = name}, .changed = true};
  if (stored) {
    plan.submission = *stored;
    const bool equal =
        AnswersDigest(answers) == stored->digest &&
        (!header.received_on || header.received_on == stored->received_on);
    if (equal && IsReceived(stored->state)) {
      plan.changed = false;
      SetContact(plan, standing, NextContact(standing, header));
      return plan;
    }
    if (!IsEditable(stored->state) &&
        stored->state != SubmissionState::kSubmitted) {
      return StateWrong(*stored, wanted::kReturnedForAnswers);
    }
  }
  SetAnswers(plan.submission, SettleProvenance(by, {}, std::move(answers)));
  HandIn(plan, standing, opened, header, now);
  return plan;
}

absl::StatusOr<PlannedChange> PlanFirstImport(const OpenedRound& opened,
                                              const base::SubmissionName& name,
                                              const std::string& digest,
                                              const SubmissionInput& header,
                                              base::Timestamp now) {
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, std::nullopt));
  PlannedChange plan{.submission = {.name = name}, .changed = true};
  plan.submission.digest = digest;
  HandIn(plan, {}, opened, header, now);
  return plan;
}

absl::StatusOr<PlannedChange> PlanHeader(const Standing& standing,
                                         const OpenedRound& opened,
                                         const SubmissionInput& header) {
  const Submission& stored = *standing.submission;
  WELFARE_RETURN_IF_ERROR(CheckTakesAnswers(opened, stored.state));
  PlannedChange plan{.submission = stored};
  if (header.received_on && header.received_on != stored.received_on) {
    if (!IsEditable(stored.state) &&
        stored.state != SubmissionState::kSubmitted) {
      return StateWrong(stored, wanted::kReturnedForHeader);
    }
    SetReceived(plan.submission, opened.round, header.received_on);
    plan.changed = true;
  }
  SetContact(plan, standing, NextContact(standing, header));
  if (plan.changed) plan.submission.reason = NextReason(standing);
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

}  // namespace welfare::survey
