// The rules of intake: what a call makes of a submission, decided on one state
// of the store and written by Apply.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/clock.h"
#include "services/base/date.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/round.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/validation.h"

namespace welfare::survey {

// A round with what opening it pinned. Both pointers are null before opening.
struct OpenedRound {
  Round round;
  std::shared_ptr<const Codebook> codebook = nullptr;
  std::shared_ptr<const Frame> frame = nullptr;

  // Returns the one name of a respondent's submission, whatever code of its
  // municipality `sent` spells; `sent` itself where the population has no such
  // respondent or the round was never opened. Whoever looks a submission up
  // does it by this name: two codes of one respondent are never two.
  base::SubmissionName Resolve(const base::SubmissionName& sent) const;
};

// What a caller sends of a submission; what is absent stays as it is.
struct SubmissionInput {
  std::optional<std::vector<SentAnswer>> answers;
  std::optional<Contact> contact;
  std::optional<base::Date> received_on;
  // The day of receipt is taken back.
  bool clear_received_on = false;
};

// A decision: the submission as it will be, and whether that is news.
struct PlannedChange {
  Submission submission;
  bool changed = false;  // a new revision is due
  std::optional<Contact> contact = {};
};

// Creates a draft. It keeps wrong answers; FindViolations names them.
//
// Errors:
//   FAILED_PRECONDITION, ROUND_NOT_OPEN.
//   ALREADY_EXISTS, SUBMISSION_EXISTS.
//   INVALID_ARGUMENT, SUBMISSION_INVALID: an answer that not even a draft can
//     keep; with every violation; also UNKNOWN_MUNICIPALITY, a respondent
//     outside the round's population, and TEXT_TOO_LONG or TEXT_INVALID of
//     department and contact.
absl::StatusOr<PlannedChange> PlanCreate(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         const SubmissionInput& input);

// Replaces parts of a draft or returned submission, wrong answers included.
// Equal content is no news. The reason of a return stays.
//
// Errors: ROUND_NOT_OPEN, SUBMISSION_INVALID, and
//   NOT_FOUND, SUBMISSION_NOT_FOUND.
//   ABORTED, ETAG_MISMATCH: `etag` is not empty and not the current one.
//   FAILED_PRECONDITION, SUBMISSION_STATE: it is handed in.
absl::StatusOr<PlannedChange> PlanUpdate(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         const SubmissionInput& input);

// Hands a draft or returned submission in. One that does not say when it was
// received was received today, in Tokyo.
//
// Errors: as PlanUpdate; SUBMISSION_INVALID for every wrong answer and for
// ANSWER_MISSING.
absl::StatusOr<PlannedChange> PlanSubmit(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         base::Timestamp now);

// Accepts what was handed in; accepted already is no news.
//
// Errors: SUBMISSION_NOT_FOUND, ETAG_MISMATCH, SUBMISSION_STATE, and
//   FAILED_PRECONDITION, ROUND_STATE: the round is final.
absl::StatusOr<PlannedChange> PlanAccept(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag);

// Gives a submission back.
//
// Errors: as PlanAccept, and INVALID_ARGUMENT, REASON_REQUIRED, or
//   SUBMISSION_INVALID: the reason is too long.
absl::StatusOr<PlannedChange> PlanReturn(StoreReader& store,
                                         const OpenedRound& opened,
                                         const base::SubmissionName& name,
                                         std::string_view etag,
                                         std::string_view why);

// Creates or replaces a submission with `answers` from a file, checked already,
// and hands it in. Equal answers of a submission that is handed in are no news.
//
// Errors: ROUND_NOT_OPEN;
//   FAILED_PRECONDITION, SUBMISSION_STATE: it is accepted or final, and
//   differs.
absl::StatusOr<PlannedChange> PlanImport(
    const std::optional<Submission>& stored, const OpenedRound& opened,
    const base::SubmissionName& name, std::vector<Answer> answers,
    const SubmissionInput& header, base::Timestamp now);

// Replaces contact and day of receipt of a submission that is there already.
//
// Errors: as PlanImport.
absl::StatusOr<PlannedChange> PlanHeader(const Submission& stored,
                                         const OpenedRound& opened,
                                         const SubmissionInput& header);

// Returns what is wrong with the answers of a draft or returned submission;
// what is only missing is not. Nothing for one that is handed in: it was right.
std::vector<AnswerViolation> FindViolations(const OpenedRound& opened,
                                            const Submission& submission);

// Writes a decision and returns the submission with its revisions. A contact
// that differs from the stored one is a change like any other and makes a
// revision, though none of its text enters it: whoever edits sees that somebody
// else did.
absl::StatusOr<Submission> Apply(StoreWriter& store,
                                 const PlannedChange& change);

}  // namespace welfare::survey
