#include "services/survey/submission/violation.h"

#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/survey/errors.h"

namespace welfare::survey {

std::string AnswerViolation::key() const {
  return row.empty() ? item : item + '/' + row;
}

std::string AnswerField(const AnswerViolation& violation) {
  return "answers." + violation.key();
}

absl::Status SubmissionInvalid(std::span<const AnswerViolation> violations) {
  std::vector<base::Violation> result;
  result.reserve(violations.size());
  for (const AnswerViolation& violation : violations) {
    result.push_back({.field = AnswerField(violation),
                      .reason = std::string(violation.reason),
                      .description = violation.description,
                      .description_ja = violation.description_ja});
  }
  return SubmissionInvalid(std::move(result));
}

}  // namespace welfare::survey
