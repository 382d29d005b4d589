// Every failure the indicator service names. Reasons are part of the API.
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
// INVALID_ARGUMENT, CELL_UNKNOWN.
absl::Status CellUnknown(std::string_view name, std::string_view cell,
                         const std::vector<std::string>& cells);
// INVALID_ARGUMENT, NAME_INVALID: `name` in the request field `field` is no
// resource name; `cause` says why.
absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause);
// INVALID_ARGUMENT, BASIS_UNKNOWN.
absl::Status BasisUnknown(int basis);
// INVALID_ARGUMENT, VERSION_NEGATIVE.
absl::Status VersionNegative(std::string_view field, std::int64_t version);

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
