// Every failure the registry can name, by code. Reasons are part of the API
// and listed in tests/registry/golden/reasons.txt. Those of the parts it is
// made of (codes, fiscal years, CSV, the platform) keep their own reasons.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/clock.h"
#include "services/base/error.h"
#include "services/base/fiscal_year.h"
#include "services/base/municipality_code.h"
#include "services/registry/status.h"

namespace welfare::registry {

// --- INVALID_ARGUMENT: never right ---

// NAME_INVALID, or CHECK_DIGIT and CODE_AMBIGUOUS when `cause` has these:
// `name` in the request field `field` is no resource name.
absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause);
// VERSION_NEGATIVE.
absl::Status VersionNegative(std::string_view field, std::int64_t version);
// KNOWN_AT_AND_VERSION: two ways to name one state.
absl::Status KnownAtAndVersion();
// PAGE_SIZE_INVALID.
absl::Status PageSizeInvalid(int page_size);
// PAGE_TOKEN_INVALID: not a token, or made for other parameters.
absl::Status PageTokenInvalid();
// FILTER_INVALID: `field` filters by a word that does not exist.
absl::Status FilterInvalid(std::string_view field, std::string_view value);
// STATUS_INVALID, with every violation.
absl::Status StatusInvalid(std::vector<base::Violation> violations);
// CSV_INVALID: the header line is wrong or missing; keeps the violations of
// `cause`.
absl::Status CsvInvalid(const absl::Status& cause);

// CSV_INVALID: lines count from 1.
absl::Status FirstLineInvalid(int first_line);
// REQUEST_ID_INVALID.
absl::Status RequestIdInvalid(std::string_view request_id);

// --- INVALID_ARGUMENT of one value; violations and rejects carry them ---

// MUNICIPALITY_TYPE.
absl::Status MunicipalityTypeUnknown(std::string_view word);
// AREA_UNKNOWN.
absl::Status AreaUnknown(std::string_view word);
// IMPLEMENTING_INVALID.
absl::Status ImplementingInvalid(std::string_view word);
// PREPARATION_INVALID.
absl::Status PreparationInvalid(std::string_view word);
// PREPARATION_WHILE_IMPLEMENTING.
absl::Status PreparationWhileImplementing();
// YES_NO_INVALID.
absl::Status YesNoInvalid(std::string_view word);
// PROGRAM_INVALID.
absl::Status ProgramInvalid(std::string_view program);
// PROGRAM_MISMATCH: the record names another programme than its parent.
absl::Status ProgramMismatch(std::string_view program, std::string_view parent);
// VALUE_MISSING.
absl::Status ValueMissing();
// TEXT_INVALID: spaces at an end, control characters, or too long.
absl::Status TextInvalid(std::size_t max_bytes);
// KANA_INVALID.
absl::Status KanaInvalid(std::string_view text);
// CELL_COUNT: a record with more or fewer cells than the header.
absl::Status CellCount(std::size_t cells, std::size_t columns);
// DUPLICATE_RECORD: the file says it before, in line `first_line`.
absl::Status DuplicateRecord(std::size_t first_line);

// --- NOT_FOUND ---

// MUNICIPALITY_NOT_FOUND.
absl::Status MunicipalityNotFound(const base::MunicipalityCode& code,
                                  std::int64_t version);
// PROGRAM_NOT_FOUND.
absl::Status ProgramNotFound(std::string_view program, std::int64_t version);

// --- FAILED_PRECONDITION: fix the state first ---

// CODE_RETIRED: the code belongs to a municipality that no longer exists.
absl::Status CodeRetired(const base::MunicipalityCode& code);
// CORRECTION_REASON_REQUIRED: the year is on record with `recorded`.
absl::Status CorrectionReasonRequired(base::FiscalYear year,
                                      const StatusFacts& recorded);
// TRANSITION_UNLAWFUL: `second` may not follow `first` without an ending or a
// correction.
absl::Status TransitionUnlawful(base::FiscalYear first_year, Implementing first,
                                base::FiscalYear second_year,
                                Implementing second);

// --- OUT_OF_RANGE and DEADLINE_EXCEEDED ---

// VERSION_NOT_REACHED.
absl::Status VersionNotReached(std::string_view field, std::int64_t asked,
                               std::int64_t current);
// KNOWN_AT_IN_FUTURE: what will be known then cannot be said now.
absl::Status KnownAtInFuture(base::Timestamp known_at, base::Timestamp now);
// MIN_VERSION_NOT_REACHED.
absl::Status MinVersionNotReached(std::int64_t asked, std::int64_t current);
// KNOWN_AT_NOT_SETTLED: a write that may be recorded at or before `known_at`
// did not end in time.
absl::Status KnownAtNotSettled(base::Timestamp known_at);

// --- INTERNAL ---

// HISTORY_GAP: commit `found` does not follow version `last`.
absl::Status HistoryGap(std::int64_t last, std::int64_t found);
// STORED_VALUE_INVALID: the database holds a value this program cannot read.
absl::Status StoredValueInvalid(std::string_view column,
                                const absl::Status& cause);

}  // namespace welfare::registry
