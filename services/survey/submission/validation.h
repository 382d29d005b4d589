// Checks a submission's answers against its codebook; collects every fault.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/violation.h"

namespace welfare::survey {

// Numbers beyond this are typing mistakes: no count of a municipality has
// more than twelve digits.
inline constexpr std::int64_t kLargestNumber = 999'999'999'999;

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
  // in codebook order. Without those whose violation is `unkeepable`. Empty
  // where all is complete and right.
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

// The same of answers that stand apart.
ValidationResult ValidateAnswers(const Codebook& codebook,
                                 const FrameRow& frame, int fiscal_year,
                                 std::span<const SentAnswer* const> sent,
                                 Completeness completeness);

// Returns the answers as somebody would send them again.
SentAnswer ToSent(const Answer& answer);
std::vector<SentAnswer> ToSent(std::span<const Answer> answers);

}  // namespace welfare::survey
