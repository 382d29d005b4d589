// What is wrong with an answer, by reasons that are part of the API; their
// sentences stand in error_table.h.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace welfare::survey {

// The reasons of a wrong answer. Part of the API.
namespace reason {
inline constexpr std::string_view kUnknownItem = "UNKNOWN_ITEM";
inline constexpr std::string_view kRowUnknown = "ROW_UNKNOWN";
inline constexpr std::string_view kWrongRespondentKind =
    "WRONG_RESPONDENT_KIND";
inline constexpr std::string_view kDuplicateAnswer = "DUPLICATE_ANSWER";
inline constexpr std::string_view kEmptyAnswer = "EMPTY_ANSWER";
inline constexpr std::string_view kAbsenceAndValue = "ABSENCE_AND_VALUE";
inline constexpr std::string_view kAbsenceNotSendable = "ABSENCE_NOT_SENDABLE";
inline constexpr std::string_view kAbsenceNotOffered = "ABSENCE_NOT_OFFERED";
inline constexpr std::string_view kTypeMismatch = "TYPE_MISMATCH";
inline constexpr std::string_view kSingleAnswer = "SINGLE_ANSWER";
inline constexpr std::string_view kOptionNotOffered = "OPTION_NOT_OFFERED";
inline constexpr std::string_view kOptionRepeated = "OPTION_REPEATED";
inline constexpr std::string_view kExclusiveOption = "EXCLUSIVE_OPTION";
inline constexpr std::string_view kNumberRange = "NUMBER_RANGE";
inline constexpr std::string_view kEmptyText = "EMPTY_TEXT";
inline constexpr std::string_view kTextTooLong = "TEXT_TOO_LONG";
inline constexpr std::string_view kTextInvalid = "TEXT_INVALID";
inline constexpr std::string_view kOtherTextRequired = "OTHER_TEXT_REQUIRED";
inline constexpr std::string_view kOtherTextUnexpected =
    "OTHER_TEXT_UNEXPECTED";
inline constexpr std::string_view kNotAskedByRouting = "NOT_ASKED_BY_ROUTING";
inline constexpr std::string_view kConstraint = "CONSTRAINT";
inline constexpr std::string_view kAnswerMissing = "ANSWER_MISSING";
inline constexpr std::string_view kAnswerDiffers = "ANSWER_DIFFERS";
inline constexpr std::string_view kTooManyAnswers = "TOO_MANY_ANSWERS";
inline constexpr std::string_view kTextsTooLong = "TEXTS_TOO_LONG";
}  // namespace reason

// One fault of a submission.
struct AnswerViolation {
  // Index of the answer that was sent; absent for a missing one and for what is
  // wrong with the whole.
  std::optional<std::size_t> index;
  std::string item;
  std::string row;  // empty except in tables
  std::string_view reason;
  // One sentence that says what to do, in both languages.
  std::string description;
  std::string description_ja;
  // Not even a draft can keep the answer: its place or its value cannot be
  // stored.
  bool unkeepable = false;

  // `item`, or `item/row`.
  std::string key() const;
};

// The field of an answer in violations: `answers.plan_formulated`.
std::string AnswerField(const AnswerViolation& violation);

// INVALID_ARGUMENT, SUBMISSION_INVALID, with every violation.
absl::Status SubmissionInvalid(std::span<const AnswerViolation> violations);

}  // namespace welfare::survey
