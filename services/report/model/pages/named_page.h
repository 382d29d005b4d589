// Who answered what, for stakeholders.
#pragma once

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// Adds the annex that names respondents; of a report for everybody nothing.
void AddNamedAnswers(const Snapshot& snapshot, ReportModel& model);

}  // namespace welfare::report
