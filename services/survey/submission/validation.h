// Checks a submission's answers against its codebook; collects every fault.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/text_limits.h"

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
inline constexpr std::string_view kTooManyAnswers = "TOO_MANY_ANSWERS";
inline constexpr std::string_view kTextsTooLong = "TEXTS_TOO_LONG";
}  // namespace reason

// Numbers beyond this are typing mistakes: no count of a municipality has
// more than twelve digits.
inline constexpr std::int64_t kLargestNumber = 999'999'999'999;

// True when `text` holds nothing but white space, U+3000 included.
bool IsBlank(std::string_view text);

// One fault of a submission.
struct AnswerViolation {
  // Index of the answer that was sent; absent for a missing one and for what is
  // wrong with the whole.
  std::optional<std::size_t> index;
  std::string item;
  std::string row;  // empty except in tables
  std::string_view reason;
  std::string description;  // one sentence that says what to do
  // Not even a draft can keep the answer: its place or its value cannot be
  // stored.
  bool unkeepable = false;

  // `item`, or `item/row`.
  std::string key() const;
};

// How complete the answers must be.
enum class Completeness {
  // A draft: nothing need be there.
  kPartial,
  // Handed in: every item that is asked, and every row of a table, has a value
  // or an absence.
  kComplete,
  // Handed in from a file: as kComplete, but a text and a row of a table that
  // are not in the file become NO_ANSWER where the item allows it.
  kCompleteFromFile,
};

// Answers that are right, or everything that is wrong with them.
struct ValidationResult {
  // In codebook order, codes in the order of the options; empty when there are
  // violations.
  std::vector<Answer> answers;
  // What a draft keeps: the right answers and the wrong ones as they were sent,
  // in codebook order. Without those whose violation is `unkeepable`.
  std::vector<Answer> kept;
  // In the order sent, missing ones last in codebook order.
  std::vector<AnswerViolation> violations;

  bool ok() const { return violations.empty(); }
  // Whether a draft can keep all that was sent.
  bool keepable() const;
};

// Answers that may be sent for one submission: twice its places and a hundred,
// so that mistakes are named one by one. Above that nothing is looked at and
// the one violation is TOO_MANY_ANSWERS.
std::size_t MostAnswers(const Codebook& codebook);

// Checks `sent` for the respondent of `frame` in the round of `fiscal_year`.
// Linear in the codebook and in what is sent.
ValidationResult ValidateAnswers(const Codebook& codebook,
                                 const FrameRow& frame, int fiscal_year,
                                 std::span<const SentAnswer> sent,
                                 Completeness completeness);

// Returns the answers as somebody would send them again.
std::vector<SentAnswer> ToSent(std::span<const Answer> answers);

}  // namespace welfare::survey
