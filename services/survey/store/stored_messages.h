// What the store keeps as messages of the API: the answers of a submission, the
// rows of a frame.
#pragma once

#include <span>
#include <string>

#include "absl/status/statusor.h"

#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/plain_answers.h"
#include "services/survey/submission/submission.h"
#include "welfare/survey/v1/columns.pb.h"
#include "welfare/survey/v1/submission.pb.h"

namespace welfare::survey {

// The respondent's row of a frame: names and registry facts.
v1::Frame::Row ToProto(const FrameRow& row);
// Errors: those of the parts.
absl::StatusOr<FrameRow> FrameRowFromProto(const v1::Frame::Row& row);

v1::Answer ToProto(const Answer& answer);
// The same in a message that is empty.
void Fill(const Answer& answer, v1::Answer& result);
// For answers that are stored. Errors: INTERNAL, STORED_VALUE_INVALID.
absl::StatusOr<Answer> AnswerFromProto(const v1::Answer& answer);

// The answers of a submission as they are stored: a
// welfare.survey.v1.Submission that holds nothing else. The second writes the
// same bytes without messages.
std::string StoredAnswers(std::span<const Answer> answers);
std::string StoredAnswers(const Codebook& codebook, const PlainAnswers& plain);

// Returns whether `kind` numbers a kind of absence.
constexpr bool IsAbsence(int kind) { return kind >= 1 && kind <= 6; }

}  // namespace welfare::survey
