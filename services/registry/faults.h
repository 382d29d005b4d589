// What can be wrong with one value: the violations of a message and the rejects
// of a file carry it. All are INVALID_ARGUMENT; reasons as in errors.h,
// sentences in error_table.h.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "absl/status/status.h"

#include "services/base/error.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::registry {

// `fault` as the failure of a call in whose field `field` it is.
absl::Status AtField(std::string_view field, const absl::Status& fault);

// MUNICIPALITY_TYPE.
absl::Status MunicipalityTypeUnknown(std::string_view word);
// AREA_UNKNOWN: it is none of `areas`.
absl::Status AreaUnknown(std::string_view word,
                         std::span<const std::string_view> areas);
// IMPLEMENTING_INVALID.
absl::Status ImplementingInvalid(std::string_view word);
// PREPARATION_INVALID.
absl::Status PreparationInvalid(std::string_view word);
// PREPARATION_WHILE_IMPLEMENTING.
absl::Status PreparationWhileImplementing();
// PROGRAM_INVALID.
absl::Status ProgramInvalid(std::string_view program);
// PROGRAM_MISMATCH: the record names another programme than its parent.
absl::Status ProgramMismatch(std::string_view program, std::string_view parent);
// YEAR_BEFORE_PROGRAM: the programme began in `first`.
absl::Status YearBeforeProgram(std::string_view program, base::FiscalYear first,
                               base::FiscalYear year);
// NAME_MISMATCH: the name contradicts the code.
absl::Status NameMismatch(std::string_view name, std::string_view expected);
// VALUE_MISSING.
absl::Status ValueMissing();
// REASON_REQUIRED: taking something back says why, in `field`.
absl::Status ReasonRequired(std::string_view field);
// BAND_INVALID.
absl::Status BandInvalid(std::string_view id);
// OPERATION_INVALID: neither set nor `word`.
absl::Status OperationInvalid(std::string_view found, std::string_view word);
// LINEAGE_SHAPE: too few or too many before or after for its `kind`, or one of
// them twice.
absl::Status LineageShape(std::string_view kind);
// LINEAGE_CREATED: what an event may describe of its successors.
absl::Status LineageCreated();
// CELL_COUNT: a record with more or fewer cells than the header.
absl::Status CellCount(std::size_t cells, std::size_t columns);
// DUPLICATE_RECORD: the file says it before, in line `first_line`.
absl::Status DuplicateRecord(std::size_t first_line);

}  // namespace welfare::registry
