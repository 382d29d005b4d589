// The file of status records: reading its records, and saying what each would
// change. Reading needs no registry; planning needs one state of it. Neither
// writes anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/time/fiscal_year.h"
#include "services/registry/files/import_plan.h"
#include "services/registry/files/parsed_batch.h"
#include "services/registry/files/reject_list.h"
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
};

// Reads a batch: the header line, then whole records, if any; `first_line` is
// the physical line of the first record. Every fault of a record is noted, and
// those after `rejects_after` are listed. A record whose key was seen before is
// refused.
//
// Errors:
//   INVALID_ARGUMENT, reason CSV_INVALID: no header line, or a wrong one.
//   INVALID_ARGUMENT, reason FILE_TOO_LARGE: more than kMostRecords records.
absl::StatusOr<ParsedBatch<StatusRow>> ParseStatusRecords(
    std::string_view csv, std::size_t first_line, const ProgramCatalog& catalog,
    SeenRecords& seen, const RejectList::Position& rejects_after = {});

// Says what the records would do to `current`.
ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             const ImportOptions& options);

}  // namespace welfare::registry
