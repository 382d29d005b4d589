// The rules of intake: what a call makes of a submission, or why it may not.
// Each plan is a function of what the store holds of one respondent, read in
// the transaction that writes what was decided (store/apply.h). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/base/time/date.h"
#include "services/survey/round/opened_round.h"
#include "services/survey/submission/contact.h"
#include "services/survey/submission/plain_answers.h"
#include "services/survey/submission/provenance.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/violation.h"

namespace welfare::survey {

// What the store holds of one respondent.
struct Standing {
  std::optional<Submission> submission = {};
  // Why it was given back; empty where it is not to be mended.
  std::string return_reason = {};
  // Empty where there is none, and where the call sends nothing of it.
  Contact contact = {};
};

// What a caller sends of a submission; what is absent stays as it is.
struct SubmissionInput {
  std::optional<std::vector<SentAnswer>> answers = {};
  std::optional<std::string> department = {};
  std::optional<std::string> contact = {};
  std::optional<base::Date> received_on = {};
  // The day of receipt is taken back.
  bool clear_received_on = false;
  // Who answers does not say when that was received: it may repeat the day that
  // stands, and leaves it by sending none.
  bool keeps_received_on = false;

  // Whether plans look at the contact of a Standing.
  bool sends_contact() const { return department || contact; }
};

// A decision: the submission as it will be, and whether that is news.
struct PlannedChange {
  Submission submission;
  bool changed = false;  // a new revision is due
  // Another contact than the one that is stored. It makes a revision like any
  // change, though none of its text enters it: whoever edits sees that somebody
  // else did.
  std::optional<Contact> contact = {};
  // Where they are not in `submission`: its answers.
  const PlainAnswers* plain = nullptr;
};

// Creates a draft. It keeps wrong answers; FindViolations names them.
//
// Errors:
//   INVALID_ARGUMENT, REASON_REQUIRED: it is written on the respondent's behalf
//     and does not say why.
//   FAILED_PRECONDITION, ROUND_NOT_OPEN.
//   ALREADY_EXISTS, SUBMISSION_EXISTS.
//   INVALID_ARGUMENT, SUBMISSION_INVALID: an answer that not even a draft can
//     keep; with every violation; also UNKNOWN_MUNICIPALITY, a respondent
//     outside the round's population, TEXT_TOO_LONG or TEXT_INVALID of
//     department, contact and reason, and RECEIVED_ON_RESERVED.
//
// REQUIRES, here and below: `opened` was opened, and `name` is what it resolves
// the respondent to.
absl::StatusOr<PlannedChange> PlanCreate(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         const SubmissionInput& input,
                                         const Authorship& by);

// Replaces parts of a draft or returned submission, wrong answers included.
// Equal content is no news. The reason of a return stays, unless this change
// has one of its own.
//
// Errors: REASON_REQUIRED, ROUND_NOT_OPEN, SUBMISSION_INVALID, and
//   NOT_FOUND, SUBMISSION_NOT_FOUND.
//   ABORTED, ETAG_MISMATCH: `etag` is not empty and not the current one.
//   FAILED_PRECONDITION, SUBMISSION_STATE: it is handed in.
absl::StatusOr<PlannedChange> PlanUpdate(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         const SubmissionInput& input,
                                         const Authorship& by);

// Hands a draft or returned submission in. One that does not say when it was
// received was received today, in Tokyo.
//
// Errors: as PlanUpdate; SUBMISSION_INVALID for every wrong answer and for
// ANSWER_MISSING.
absl::StatusOr<PlannedChange> PlanSubmit(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         base::Timestamp now);

// Accepts what was handed in; accepted already is no news.
//
// Errors: SUBMISSION_NOT_FOUND, ETAG_MISMATCH, SUBMISSION_STATE, and
//   FAILED_PRECONDITION, ROUND_STATE: the round is final.
absl::StatusOr<PlannedChange> PlanAccept(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag);

// Gives a submission back.
//
// Errors: as PlanAccept, and INVALID_ARGUMENT, REASON_REQUIRED, or
//   SUBMISSION_INVALID: the reason is too long.
absl::StatusOr<PlannedChange> PlanReturn(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         std::string_view why);

// Creates or replaces a submission with `answers` from a file, checked already,
// and hands it in. Equal answers of a submission that is handed in are no news.
// `by`: kFile vouches for all of them; kAnybody leaves how they came as it is.
//
// Errors: ROUND_NOT_OPEN;
//   FAILED_PRECONDITION, SUBMISSION_STATE: it is accepted or final, and
//   differs.
absl::StatusOr<PlannedChange> PlanImport(const Standing& standing,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::vector<Answer> answers,
                                         const SubmissionInput& header,
                                         base::Timestamp now,
                                         Author by = Author::kFile);

// As PlanImport of a submission of which nothing is stored, by kAnybody, whose
// answers have this digest and are kept beside the plan.
//
// Errors: ROUND_NOT_OPEN.
absl::StatusOr<PlannedChange> PlanFirstImport(const OpenedRound& opened,
                                              const base::SubmissionName& name,
                                              const std::string& digest,
                                              const SubmissionInput& header,
                                              base::Timestamp now);

// Replaces contact and day of receipt of a submission that is there already.
// REQUIRES: standing.submission.
//
// Errors: as PlanImport.
absl::StatusOr<PlannedChange> PlanHeader(const Standing& standing,
                                         const OpenedRound& opened,
                                         const SubmissionInput& header);

// Returns what is wrong with the answers of a draft or returned submission;
// what is only missing is not. Nothing for one that is handed in: it was right.
std::vector<AnswerViolation> FindViolations(const OpenedRound& opened,
                                            const Submission& submission);

}  // namespace welfare::survey
