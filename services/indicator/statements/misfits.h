// What of a survey's definitions does not fit a codebook.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

// One population, indicator or statement that does not fit.
struct Misfit {
  enum class Kind { kPopulation, kIndicator, kStatement };

  Kind kind = Kind::kIndicator;
  std::string id;     // of the population, indicator or statement
  int year = 0;       // of a statement: the round it is about
  std::string place;  // `populations.plan_made`, `indicators.split.both`
  std::string reason;
  std::string subject;  // what it names, as written; empty where nothing
  std::string message;
  std::string message_ja;
};

// Binds the definitions to a codebook that no round uses yet: to a round of
// nobody. What fits it fits every round with this codebook.
//
// Errors: as RoundTable::Make.
absl::StatusOr<std::unique_ptr<RoundIndicators>> BindToCodebook(
    std::shared_ptr<const Questionnaire> questionnaire,
    const DefinitionSet& definitions);

// Returns what the round's codebook does not carry, populations first.
std::vector<Misfit> FindMisfits(const RoundIndicators& indicators);

// Returns the rows published about one round that the codebook cannot compute:
// their indicator does not fit or has no such cell, or their option list lacks
// an option.
std::vector<Misfit> FindStatementMisfits(const PublishedRound& published,
                                         const RoundIndicators& indicators);

}  // namespace welfare::indicator
