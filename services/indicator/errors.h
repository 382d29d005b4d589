// Every failure the indicator service names; reasons and sentences are rows of
// error_table.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/error.h"

namespace welfare::indicator {

// --- questions about what is not there ---
// NOT_FOUND, INDICATOR_NOT_FOUND.
absl::Status IndicatorNotFound(std::string_view name);
// NOT_FOUND, SURVEY_NOT_FOUND: no definitions for the survey.
absl::Status SurveyNotFound(std::string_view name);
// NOT_FOUND, ROUND_NOT_FOUND.
absl::Status RoundNotFound(std::string_view name);
// NOT_FOUND, CODEBOOK_NOT_FOUND.
absl::Status CodebookNotFound(std::string_view name);
// INVALID_ARGUMENT, CELL_UNKNOWN: the indicator has only `cells`.
absl::Status CellUnknown(std::string_view indicator, std::string_view cell,
                         const std::vector<std::string>& cells);
// INVALID_ARGUMENT, NAME_INVALID: `name` in the request field `field` is no
// name of this `pattern`; `cause` says why.
absl::Status NameInvalid(std::string_view field, std::string_view name,
                         std::string_view pattern, const absl::Status& cause);
// INVALID_ARGUMENT, BASIS_UNKNOWN.
absl::Status BasisUnknown(int basis);
// INVALID_ARGUMENT, VERSION_NEGATIVE.
absl::Status VersionNegative(std::string_view field, std::int64_t version);

// --- what of a definition the codebook lacks: violations at `where` ---
// ITEM_UNKNOWN, ITEM_TYPE, RESPONDENT: of an item that a definition names.
base::Violation ItemUnknown(std::string_view where, std::string_view item);
base::Violation ItemTypeMisfit(std::string_view where, std::string_view item,
                               std::string_view measure);
base::Violation ItemNotAsked(std::string_view where, std::string_view item);
// OPTION_UNKNOWN.
base::Violation OptionUnknown(std::string_view where, std::string_view item,
                              std::string_view option);
// POPULATION, POPULATION_MISFIT.
base::Violation PopulationUnknown(std::string_view where,
                                  std::string_view population);
base::Violation PopulationMisfit(std::string_view where,
                                 std::string_view population);
// INDICATOR_UNKNOWN, INDICATOR_MISFIT, CELL_UNKNOWN: of what a statement reads.
base::Violation IndicatorUnknown(std::string_view where,
                                 std::string_view indicator);
base::Violation IndicatorMisfit(std::string_view where,
                                std::string_view indicator);
base::Violation CellMissing(std::string_view where, std::string_view indicator,
                            std::string_view cell,
                            const std::vector<std::string>& cells);
// What `status` of Expression::Parse or Check says of `expression`: a violation
// for each of its own, under their reasons; EXPRESSION where it has none.
std::vector<base::Violation> ExpressionMisfits(std::string_view where,
                                               std::string_view expression,
                                               const absl::Status& status);
// What one of these is about: the name it says first, between backticks; empty
// where it says none.
std::string SubjectOf(const base::Violation& misfit);

// --- rounds and peers ---
// FAILED_PRECONDITION, ITEM_NOT_IN_ROUND: the round's codebook does not carry
// what the definition reads; with every violation.
absl::Status ItemNotInRound(std::string_view indicator,
                            std::vector<base::Violation> violations);
// FAILED_PRECONDITION, ROUND_STATE: the round was never opened.
absl::Status RoundNotOpened(std::string_view name);
// OUT_OF_RANGE, VERSION_NOT_REACHED.
absl::Status VersionNotReached(std::string_view name, std::int64_t wanted,
                               std::int64_t current);
// DEADLINE_EXCEEDED, MIN_VERSION_NOT_REACHED.
absl::Status MinVersionNotReached(std::int64_t asked, std::int64_t current);
// UNAVAILABLE, SURVEY_UNAVAILABLE.
absl::Status SurveyUnavailable(std::string_view cause);
// UNAVAILABLE, REGISTRY_UNAVAILABLE.
absl::Status RegistryUnavailable(std::string_view cause);

// --- defects that must not reach print ---
// INTERNAL, COLUMNS_INVALID: what the survey sent contradicts itself.
absl::Status ColumnsInvalid(std::vector<base::Violation> violations);
// INTERNAL, FIGURES_INCONSISTENT: a computed value breaks an invariant.
absl::Status FiguresInconsistent(std::string_view indicator,
                                 std::string_view what);
// INTERNAL, PEER_ANSWER: a peer answered with something unreadable.
absl::Status PeerAnswerInvalid(std::string_view peer, std::string_view what);

// --- definition data, at start ---
// INVALID_ARGUMENT, DEFINITION_INVALID: with every violation, fields are file
// names and ids.
absl::Status DefinitionInvalid(std::vector<base::Violation> violations);

}  // namespace welfare::indicator
