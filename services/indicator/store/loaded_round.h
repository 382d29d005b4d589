// A round in memory, ready to be computed.
#pragma once

#include <array>
#include <memory>

#include "absl/status/statusor.h"

#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/round/fetched_round.h"

namespace welfare::indicator {

// One revision of a round with every definition bound to it, on both bases.
class LoadedRound {
 public:
  // Errors: as RoundTable::Make.
  static absl::StatusOr<std::shared_ptr<const LoadedRound>> Make(
      FetchedRound fetched, const DefinitionSet& definitions);

  const RoundHeader& header() const {
    return On(Basis::kFinal).table().header();
  }
  const RoundIndicators& On(Basis basis) const {
    return *indicators_[basis == Basis::kProvisional ? 0 : 1];
  }

 private:
  std::array<std::unique_ptr<const RoundIndicators>, 2> indicators_;
};

}  // namespace welfare::indicator
