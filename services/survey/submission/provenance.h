// Who writes a submission, and what that says of its answers. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "services/survey/submission/submission.h"

namespace welfare::survey {

// As whom somebody writes a submission.
enum class Author {
  kRespondent,  // who answers
  kOnBehalf,    // somebody known who is not the respondent
  kFile,        // whoever imports in bulk
  kAnybody,     // nobody is asked who calls, so nobody can be told apart
};

// As whom somebody writes, and why.
struct Authorship {
  Author author = Author::kAnybody;
  std::string reason = {};  // as it was sent
};

// Returns `next` with the provenance that each answer has in a submission whose
// answers were `stored`, all of them. What was sent decides as little as it
// can:
//
//   a file                     imported, all that it holds
//   equal to the stored one    as stored
//   else, by the respondent    carried where that was sent, else entered
//   else, on its behalf        corrected
//   else, by anybody           as sent
//
// Answers are equal as AnswersDigest tells it. Gives the same when it is given
// its result as `next` again.
std::vector<Answer> SettleProvenance(Author author,
                                     std::span<const Answer> stored,
                                     std::vector<Answer> next);

}  // namespace welfare::survey
