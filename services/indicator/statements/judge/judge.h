// Every statement about a round, judged.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/statements/published.h"
#include "services/indicator/statements/statement.h"

namespace welfare::indicator {

// What statements are computed from. Rounds by fiscal year; those that do not
// exist are left out.
struct StatementInputs {
  std::map<int, const RoundIndicators*> rounds;
  // Rounds that are planned and were never opened: as no round, but said so.
  std::set<int> planned;
  // The registry at the pin of the round the statements are about.
  const RegistryHistory* history = nullptr;
};

// Returns every statement in page order, each reading judged. A row that
// cannot be computed says why and never fails the others.
// REQUIRES: `published` is valid; `inputs.rounds` has `published.fiscal_year`.
std::vector<Statement> JudgeStatements(const PublishedRound& published,
                                       const StatementInputs& inputs);

}  // namespace welfare::indicator
