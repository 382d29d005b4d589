// Between the values of the core and the messages of the API.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/type/date.pb.h"

#include "services/survey/codebook/codebook.h"
#include "services/survey/columns/columns.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/round.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/validation.h"
#include "welfare/survey/v1/codebook.pb.h"
#include "welfare/survey/v1/columns.pb.h"
#include "welfare/survey/v1/round.pb.h"
#include "welfare/survey/v1/submission.pb.h"

namespace welfare::survey {

// An unset or zero date is nothing.
//
// Errors: INVALID_ARGUMENT, reason DATE_INVALID: there is no such day.
absl::StatusOr<std::optional<base::Date>> DateFromProto(
    const google::type::Date& date);
google::type::Date ToProto(const base::Date& date);

// Without items when `codebook` is null.
v1::Codebook ToProto(const StoredCodebook& stored, const Codebook* codebook);
v1::Round ToProto(const Round& round);

// The respondent's row of a frame: names and registry facts.
v1::Frame::Row ToProto(const FrameRow& row);
// Errors: those of the parts.
absl::StatusOr<FrameRow> FrameRowFromProto(const v1::Frame::Row& row);

v1::Answer ToProto(const Answer& answer);
// For answers that are stored. Errors: INTERNAL, STORED_VALUE_INVALID.
absl::StatusOr<Answer> AnswerFromProto(const v1::Answer& answer);
// For answers that come from a caller; whatever is wrong is for validation to
// say. An absence that is no kind at all is no content.
SentAnswer SentFromProto(const v1::Answer& answer);

// Header with the contact, answers only when `full`.
v1::Submission ToProto(const Submission& submission, const Round& round,
                       bool full);

// Lists what is wrong with the answers of a draft.
void SetViolations(const std::vector<AnswerViolation>& violations,
                   v1::Submission& submission);
// Joins the personal data to a reply; an empty one leaves no trace.
void SetContact(const Contact& contact, v1::Submission& submission);

// The entries of the rows from `first` to before `end`.
v1::Column ToProto(const Column& column, const Codebook& codebook,
                   std::size_t first, std::size_t end);

v1::RoundProgress ToProto(const Round& round,
                          const std::vector<ProgressGroup>& groups);

}  // namespace welfare::survey
