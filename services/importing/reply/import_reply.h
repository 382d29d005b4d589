// Batches of the API as values, and their outcomes as answers. Nothing else
// reads or writes these messages.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/wording/language.h"
#include "services/importing/csv_text.h"
#include "services/importing/outcome.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::importing {

// Returns the text of `batch`, which is the field `field` of a request and
// outlives it.
//
// Errors: those of CheckCsvText.
absl::StatusOr<CsvText> FromProto(std::string_view field,
                                  const type::v1::CsvBatch& batch);

// Returns the answer but for `request_id`, `version`, `validate_only` and
// `unplaced_items`. Its size has a bound whatever the batch. `digest`: of the
// batch, for the token of the faults that it has no room for (DigestOf).
//
// Errors: those of CheckAddsUp.
absl::StatusOr<type::v1::ImportResult> ToProto(const ImportOutcome& outcome,
                                               std::string_view digest,
                                               base::Language language);

}  // namespace welfare::importing
