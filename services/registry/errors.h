// Every failure of a call that the registry can name, by code; the faults of
// single values stand in faults.h. Reasons are part of the API and listed in
// tests/registry/golden/reasons.txt. Those of the parts it is made of (codes,
// fiscal years, CSV, the platform) keep their own reasons. Sentences stand in
// error_table.h.
//
// Everything of the service stands on these two files, so they speak of
// municipalities and statuses in words and codes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/error.h"
#include "services/base/names/municipality_code.h"
#include "services/base/time/clock.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::registry {

// --- INVALID_ARGUMENT: never right ---

// NAME_INVALID, or CHECK_DIGIT, CODE_AMBIGUOUS and CODE_OF_PREFECTURE when
// `cause` has these:
// `name` in the request field `field` is no resource name.
absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause);
// VERSION_NEGATIVE.
absl::Status VersionNegative(std::string_view field, std::int64_t version);
// KNOWN_AT_AND_VERSION: two ways to name one state.
absl::Status KnownAtAndVersion();
// FILTER_INVALID: `field` filters by a word that does not exist.
absl::Status FilterInvalid(std::string_view field, std::string_view value);
// STATUS_INVALID, with every violation.
absl::Status StatusInvalid(std::vector<base::Violation> violations);
// TRANSACTION_MIXED: what the batches of one file may not do.
absl::Status TransactionMixed();
// FISCAL_YEAR_INVALID.
absl::Status FiscalYearInvalid(std::string_view field, int year);
// BOUNDARIES_BACKWARD: boundaries of a year before that of the municipalities.
absl::Status BoundariesBackward(base::FiscalYear from, base::FiscalYear to);
// BATCH_SIZE: none or more than `limit` names.
absl::Status BatchSize(int size, int limit);
// MUNICIPALITY_INVALID, with every violation.
absl::Status MunicipalityInvalid(std::vector<base::Violation> violations);
// MASK_INVALID: `path` is no field that can be changed.
absl::Status MaskInvalid(std::string_view path);
// LINEAGE_INVALID, with every violation.
absl::Status LineageInvalid(std::vector<base::Violation> violations);
// NAME_AMBIGUOUS: `candidates` are codes.
absl::Status NameAmbiguous(std::string_view name,
                           const std::vector<std::string>& candidates);
// PROGRAMS_INVALID: the data file of programmes, with every violation; `cause`
// where it cannot be read at all.
absl::Status ProgramsInvalid(std::vector<base::Violation> violations,
                             const absl::Status& cause);

// --- NOT_FOUND ---

// MUNICIPALITY_NOT_FOUND.
absl::Status MunicipalityNotFound(const base::MunicipalityCode& code,
                                  std::int64_t version);
// MUNICIPALITY_NOT_IN_YEAR: it exists in years from `first` (FiscalYear::kMin:
// always) to `last` (FiscalYear::kMax: now).
absl::Status MunicipalityNotInYear(const base::MunicipalityCode& code,
                                   base::FiscalYear first,
                                   base::FiscalYear last,
                                   base::FiscalYear year);
// NAME_UNKNOWN: `candidates` are similar names.
absl::Status NameUnknown(std::string_view name,
                         const std::vector<std::string>& candidates);
// PROGRAM_NOT_FOUND: nothing is recorded for it at that version.
absl::Status ProgramNotFound(std::string_view program, std::int64_t version);
// PROGRAM_NOT_FOUND: there is no such programme; `known` are those there are.
absl::Status ProgramUnknown(std::string_view program, std::string_view known);
// STATUS_NOT_FOUND: nothing is on record for the year.
absl::Status StatusNotFound(std::string_view program,
                            const base::MunicipalityCode& municipality,
                            base::FiscalYear year);

// LINEAGE_EVENT_NOT_FOUND: not recorded, or taken back.
absl::Status LineageEventNotFound(std::int64_t number);

// --- ALREADY_EXISTS and ABORTED ---

// MUNICIPALITY_EXISTS: the code belongs to one.
absl::Status MunicipalityExists(const base::MunicipalityCode& code);
// ETAG_MISMATCH: `resource` was changed since it was read.
absl::Status EtagMismatch(std::string_view resource, std::string_view sent,
                          std::string_view current);

// --- FAILED_PRECONDITION: fix the state first ---

// CODE_RETIRED: the code belongs to a municipality that no longer exists.
absl::Status CodeRetired(const base::MunicipalityCode& code);
// CODE_RETIRED: its municipality held it until `last` and has `current` now.
absl::Status CodeNoLongerHeld(const base::MunicipalityCode& code,
                              base::FiscalYear last,
                              const base::MunicipalityCode& current);
// LINEAGE_IN_USE: the event brought about a municipality that has status
// records or takes part in another event.
absl::Status LineageInUse(std::int64_t number,
                          const base::MunicipalityCode& code);
// MUNICIPALITY_IN_USE: it has status records or a lineage.
absl::Status MunicipalityInUse(const base::MunicipalityCode& code);
// STATUS_AFTER_END: it has a record for `year`, after its end.
absl::Status StatusAfterEnd(const base::MunicipalityCode& code,
                            base::FiscalYear year);
// CORRECTION_REASON_REQUIRED: the year is on record with these two facts.
absl::Status CorrectionReasonRequired(base::FiscalYear year,
                                      std::string_view implementing,
                                      std::string_view preparation);
// TRANSITION_UNLAWFUL: implementing `second` may not follow `first` without an
// ending or a correction.
absl::Status TransitionUnlawful(base::FiscalYear first_year,
                                std::string_view first,
                                base::FiscalYear second_year,
                                std::string_view second);

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
