// The file of municipalities: reading its records, and saying what each would
// change. Reading needs no registry; planning needs one state of it. Neither
// writes anything.
#pragma once

#include <optional>

#include "absl/status/status.h"

#include "services/base/time/fiscal_year.h"
#include "services/importing/csv_text.h"
#include "services/importing/strategy.h"
#include "services/registry/files/import_plan.h"
#include "services/registry/files/parsed_batch.h"
#include "services/registry/history/history.h"
#include "services/registry/municipality/municipality.h"

namespace welfare::registry {

struct MunicipalityRow {
  RecordOrigin origin;
  RecordSubject subject;
  // True: the record takes the municipality back; the rest is unset.
  bool deletes = false;
  // An empty council name asks for the usual one. Without a strategy, all of
  // them but code and exists; without `council_name_checked` where the file
  // does not say, without `population_band` where it does not say or the cell
  // is empty. With one, what the record says.
  MunicipalityStatement says;
  // First fiscal year for which the facts hold; nothing: the file does not say.
  std::optional<base::FiscalYear> valid_from = std::nullopt;
};

// Reads a batch and adds its records to `batch`. Every fault of a record is
// noted. A record whose key was seen before is refused.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_INVALID: no header line, or a wrong one.
//   INVALID_ARGUMENT, reason FILE_TOO_LARGE: more than importing::kMostRecords
//     records.
absl::Status ParseMunicipalities(const importing::CsvText& text,
                                 SeenRecords& seen,
                                 importing::Strategy strategy,
                                 ParsedBatch<MunicipalityRow>& batch);

// Says what the records would do to `current`.
ImportPlan PlanMunicipalities(const History& current,
                              const ParsedBatch<MunicipalityRow>& batch,
                              const ImportOptions& options);

}  // namespace welfare::registry
