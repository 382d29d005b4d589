// Every indicator of a survey bound to one round: computed and explained.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/base/expression/expression.h"
#include "services/indicator/compute/figures.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/round/bitmap.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator {

// A population as a set of rows.
struct PopulationSet {
  PopulationDefinition definition;
  std::string label;  // years filled in
  Bitmap members;
  Bitmap undecided;  // rows of its kind whose predicate is UNKNOWN
  // Whether the predicate reads answers; false: registry facts alone.
  bool reads_answers = false;
  // Why it cannot be evaluated over this round; empty when it can.
  std::vector<base::Violation> violations;
};

// One respondent's part in a cell.
struct CellExplanation {
  std::size_t row = 0;  // of the frame
  bool in = false;
  bool in_base = false;
  std::string reason;  // the answer in words, the absence, or the predicate
};

// The figures of a value and who is behind one of its cells.
struct ExplainedCell {
  Figures figures;
  // Every member of the population in code order, and every respondent whom
  // the predicate left undecided.
  std::vector<CellExplanation> explanations;
};

// Definitions are checked against the round's questionnaire once, in the
// constructor; populations are evaluated there too. Immutable; any thread may
// read it.
class RoundIndicators {
 public:
  RoundIndicators(std::shared_ptr<const RoundTable> table,
                  const DefinitionSet& definitions);
  RoundIndicators(const RoundIndicators&) = delete;
  RoundIndicators& operator=(const RoundIndicators&) = delete;

  const RoundTable& table() const { return *table_; }
  // In the order of the questionnaire; see DefinitionSet::ForQuestionnaire.
  const std::vector<Definition>& definitions() const { return definitions_; }
  // Returns the definition, or null.
  const Definition* FindDefinition(std::string_view id) const;
  // Returns the population, or null.
  const PopulationSet* FindPopulation(std::string_view id) const;

  // Every violation of every definition against the round, at once. Fields
  // begin with `populations.ID` or `indicators.ID`.
  const std::vector<base::Violation>& violations() const { return all_; }
  // Returns whether the round's questionnaire carries what the indicator
  // reads. REQUIRES: FindDefinition(id).
  bool IsComputable(std::string_view id) const;

  // Computes one indicator. `history` is needed by REGISTRY_SERIES only and
  // may be null otherwise.
  //
  // Errors:
  //   NOT_FOUND, reason INDICATOR_NOT_FOUND.
  //   FAILED_PRECONDITION, reason ITEM_NOT_IN_ROUND: see IsComputable.
  //   INTERNAL, reason FIGURES_INCONSISTENT: see VerifyFigures.
  absl::StatusOr<Figures> Compute(std::string_view id,
                                  const RegistryHistory* history) const;

  // Names the respondents behind a cell. `cell` is a key of the value, or the
  // name of an absence kind (`NOT_COUNTED`).
  //
  // Errors: as Compute, and
  //   INVALID_ARGUMENT, reason CELL_UNKNOWN.
  absl::StatusOr<ExplainedCell> Explain(std::string_view id,
                                        std::string_view cell,
                                        const RegistryHistory* history) const;

 private:
  struct BoundCell {
    std::optional<base::CheckedExpression> condition;
    std::optional<base::CheckedExpression> within;
    std::vector<std::size_t> items;  // read by `condition`, or of an absence
  };
  struct Bound {
    std::size_t definition = 0;
    const PopulationSet* population = nullptr;
    std::optional<std::size_t> item;
    std::vector<BoundCell> cells;
    std::string digest;
    std::vector<base::Violation> violations;
  };
  struct Sets;

  TableRow RowOf(std::size_t row) const {
    return TableRow(*table_, row, first_program_year_);
  }
  void BindPopulation(const PopulationDefinition& definition);
  void BindDefinition(std::size_t index);
  const Bound* FindBound(std::string_view id) const;
  // Errors: as Compute.
  absl::StatusOr<Sets> Resolve(const Bound& bound,
                               const RegistryHistory* history) const;
  void ResolveItem(const Bound& bound, Sets& sets) const;
  void ResolveCount(const Bound& bound, Sets& sets) const;
  absl::Status ResolveSeries(const Bound& bound, const RegistryHistory* history,
                             Sets& sets) const;
  void ResolveProgress(const Bound& bound, Sets& sets) const;
  absl::StatusOr<Figures> ToFigures(const Bound& bound, const Sets& sets,
                                    const RegistryHistory* history) const;
  std::string ReasonFor(const Bound& bound, const Sets& sets, std::size_t row,
                        std::optional<std::size_t> cell) const;
  std::string AnswerInWords(std::size_t item, std::size_t row) const;

  std::shared_ptr<const RoundTable> table_;
  std::optional<int> first_program_year_;
  std::vector<Definition> definitions_;
  std::map<std::string, PopulationSet, std::less<>> populations_;
  std::map<std::string, Bound, std::less<>> bound_;
  std::vector<base::Violation> all_;
};

}  // namespace welfare::indicator
