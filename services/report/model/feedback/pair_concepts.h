// Facts that a municipality and its council both state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/snapshot/answers.h"

namespace welfare::report {

// Of a question: whoever chose one of `codes` says that the fact is so.
struct StatedFact {
  std::string fact;  // `council_in_conference`
  std::vector<std::string> codes;
};

// Reads `fact(code|code); fact(code)`; what is written otherwise is none.
std::vector<StatedFact> ReadStatedFacts(std::string_view pair_concept);

// One fact, with the questions of both sides that state it.
struct PairedFact {
  struct Question {
    std::size_t item = 0;  // of RoundAnswers
    std::vector<std::string> codes;
  };
  std::string fact;
  std::vector<Question> municipality;
  std::vector<Question> council;
};

// Returns the facts that both sides of some pair of the round are asked about,
// in the order of the questionnaire.
std::vector<PairedFact> PairedFacts(const RoundAnswers& round);

// What one side says of a fact.
enum class Stated { kYes, kNo, kUnknown };
Stated StatedBy(const RoundAnswers& round, const RespondentAnswers& respondent,
                const std::vector<PairedFact::Question>& questions);

}  // namespace welfare::report
