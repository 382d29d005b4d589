// Batches of the API as values, and their outcomes as answers. Nothing else
// reads or writes these messages.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/wording/language.h"
#include "services/importing/csv_text.h"
#include "services/importing/outcome.h"
#include "services/importing/strategy.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::importing {

// Returns the text of `batch`, which is the field `field` of a request and
// outlives it.
//
// Errors: those of CheckCsvBytes and CheckCsvText.
absl::StatusOr<CsvText> FromProto(std::string_view field,
                                  const type::v1::CsvBatch& batch);
// Its text, in whichever form that came.
std::string_view TextOf(const type::v1::CsvBatch& batch);

// Returns how the records of a request are laid over what is stored.
Strategy FromProto(type::v1::ImportStrategy strategy);

// Returns the state that a request was planned on; nothing where it says none.
std::optional<Base> FindBase(bool given, const type::v1::ImportBase& base);

// Returns how many changes an answer lists.
int ChangesToShow(bool validate_only, int asked);

// Adds changes to an answer, which has room for them.
void AddChanges(const std::vector<Change>& changes,
                type::v1::ImportResult& result);

// Returns the counts as a message.
type::v1::ImportCounts ToProto(const ImportCounts& counts);

// Returns the answer but for `request_id`, `version`, `incarnation`,
// `validate_only`, `unplaced_items` and what a strategy adds. Its size has a
// bound whatever the batch. `digest`: of the batch, for the token of the faults
// that it has no room for (DigestOf).
//
// Errors: those of CheckAddsUp.
absl::StatusOr<type::v1::ImportResult> ToProto(const ImportOutcome& outcome,
                                               std::string_view digest,
                                               base::Language language);

}  // namespace welfare::importing
