#include "services/indicator/store/loaded_round.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/observe/log.h"

namespace welfare::indicator {

absl::StatusOr<std::shared_ptr<const LoadedRound>> LoadedRound::Make(
    FetchedRound fetched, const DefinitionSet& definitions) {
  auto loaded = std::make_shared<LoadedRound>();
  for (const Basis basis : {Basis::kProvisional, Basis::kFinal}) {
    WELFARE_ASSIGN_OR_RETURN(
        RoundTable table,
        RoundTable::Make(fetched.header, fetched.questionnaire, fetched.rows,
                         fetched.columns, basis));
    loaded->indicators_[basis == Basis::kProvisional ? 0 : 1] =
        std::make_unique<const RoundIndicators>(
            std::make_shared<const RoundTable>(std::move(table)), definitions);
  }
  for (const base::Violation& violation :
       loaded->On(Basis::kProvisional).violations()) {
    platform::LogWarning("definition does not fit the round's codebook",
                         {{"round", fetched.header.fiscal_year.ToString()},
                          {"field", violation.field},
                          {"reason", violation.reason},
                          {"description", violation.description}});
  }
  return loaded;
}

}  // namespace welfare::indicator
