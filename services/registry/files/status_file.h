// The file of status records: reading its records, and saying what each would
// change. Reading needs no registry; planning needs one state of it. Neither
// writes anything.
#pragma once

#include <string>

#include "absl/status/status.h"

#include "services/base/time/fiscal_year.h"
#include "services/importing/csv_text.h"
#include "services/importing/strategy.h"
#include "services/registry/files/import_plan.h"
#include "services/registry/files/parsed_batch.h"
#include "services/registry/history/history.h"
#include "services/registry/program/program.h"
#include "services/registry/program/status.h"

namespace welfare::registry {

struct StatusRow {
  RecordOrigin origin;
  std::string program;
  RecordSubject subject;
  base::FiscalYear fiscal_year;
  bool retracts = false;  // the record takes one back; the rest is unset
  StatusFacts facts;
  std::string note;
  // With a strategy: what the record leaves as it is on record.
  bool keeps_implementing = false;
  bool keeps_preparation = false;
  bool keeps_note = false;
  bool says_note = false;  // also that there is none
};

// Reads a batch and adds its records to `batch`. Every fault of a record is
// noted. A record whose key was seen before is refused.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_INVALID: no header line, or a wrong one.
//   INVALID_ARGUMENT, reason FILE_TOO_LARGE: more than importing::kMostRecords
//     records.
absl::Status ParseStatusRecords(const importing::CsvText& text,
                                const ProgramCatalog& catalog,
                                SeenRecords& seen, importing::Strategy strategy,
                                ParsedBatch<StatusRow>& batch);

// Says what the records would do to `current`.
ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             const ImportOptions& options);

}  // namespace welfare::registry
