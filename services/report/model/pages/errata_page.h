// The annex of a correction.
#pragma once

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// Adds the table of what a correction changes (正誤表); nothing to a report that
// is none.
void AddErrata(const Snapshot& snapshot, ReportModel& model);

}  // namespace welfare::report
