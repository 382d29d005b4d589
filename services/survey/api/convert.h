// Between the values of the core and the messages of the API.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/type/date.pb.h"

#include "services/base/wording/language.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/codebook/stored_codebook.h"
#include "services/survey/columns/columns.h"
#include "services/survey/progress/progress.h"
#include "services/survey/round/round.h"
#include "services/survey/store/shared_columns.h"
#include "services/survey/store/stored_messages.h"
#include "services/survey/store/mapping_store.h"
#include "services/survey/submission/contact.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/violation.h"
#include "welfare/survey/v1/codebook.pb.h"
#include "welfare/survey/v1/columns.pb.h"
#include "welfare/survey/v1/round.pb.h"
#include "welfare/survey/v1/submission.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// An unset or zero date is nothing.
//
// Errors: INVALID_ARGUMENT, reason DATE_INVALID: there is no such day.
absl::StatusOr<std::optional<base::Date>> DateFromProto(
    const google::type::Date& date);
google::type::Date ToProto(const base::Date& date);

// Without items when `codebook` is null.
v1::Codebook ToProto(const StoredCodebook& stored, const Codebook* codebook);
v1::Mapping ToProto(const StoredMapping& mapping);
v1::Round ToProto(const Round& round);
v1::Submission::State ToProto(SubmissionState state);

// For answers that come from a caller; whatever is wrong is for validation to
// say. An absence that is no kind at all is no content.
SentAnswer SentFromProto(const v1::Answer& answer);

// Header with the contact, answers only when `full`.
v1::Submission ToProto(const Submission& submission, const Round& round,
                       bool full);

// Lists what is wrong with the answers of a draft, for a reader of `language`.
void SetViolations(const std::vector<AnswerViolation>& violations,
                   base::Language language, v1::Submission& submission);
// Joins the personal data to a reply; an empty one leaves no trace.
void SetContact(const Contact& contact, v1::Submission& submission);

// What stands before the columns, the reference years filled in.
v1::StreamRoundColumnsResponse::Header ToProto(const RoundColumns& columns);

// The entries of the rows from `first` to before `end`.
v1::Column ToProto(const Column& column, const Codebook& codebook,
                   std::size_t first, std::size_t end);

// Take out what only somebody who sees all answers may read of others: for the
// reader who is row `self` of the frame. See the proto.
void Withhold(std::size_t self, v1::StreamRoundColumnsResponse::Header& header);
void Withhold(std::size_t self, v1::Column& column);

v1::RoundProgress ToProto(const Round& round,
                          const std::vector<ProgressGroup>& groups);

}  // namespace welfare::survey
