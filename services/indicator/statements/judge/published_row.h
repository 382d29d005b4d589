// One published row, and everything it is judged from.
#pragma once

#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/statements/judge/judge.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

// All of it outlives the row.
struct PublishedRow {
  const PublishedRound& published;
  const PublishedFigure& figure;
  const FigureSource& source;  // an empty one where the row has none
  const StatementInputs& inputs;

  // The round the statements are about.
  const RoundIndicators& current() const {
    return *inputs.rounds.at(published.fiscal_year);
  }
};

}  // namespace welfare::indicator
