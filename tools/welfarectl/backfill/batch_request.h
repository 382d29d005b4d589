// What a batch is as a message, and without what the service calls no record.
#pragma once

#include <string>
#include <vector>

#include "tools/welfarectl/backfill/plan_file.h"
#include "tools/welfarectl/backfill/record_cutter.h"
#include "tools/welfarectl/session/call.h"
#include "welfare/survey/v1/survey_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::ctl {

// REQUIRES: `word` is merge, replace or delete.
type::v1::ImportStrategy StrategyOf(const std::string& word);

// `path`: of the file that it was cut from.
void FillBatch(const RecordBatch& batch, const std::string& path,
               type::v1::CsvBatch& message);

// Has answers read by the mapping, if there is one; in a dry run it is still to
// come.
void ReadBy(const PlannedMapping& mapping, bool dry,
            survey::v1::ImportSubmissionsRequest& request);

// Takes the records out on whose lines there are `faults`; they become broken.
// False: the faults name none.
bool TakeOut(RecordBatch& batch, const std::string& header,
             const std::vector<FieldViolation>& faults);

}  // namespace welfare::ctl
