// The annexes: published figures against computed ones, and how the report was
// made.
#pragma once

#include <vector>

#include "services/report/model/pages/left_out.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// Adds 附表1; nothing without statements.
void AddComparison(const Snapshot& snapshot, ReportModel& model);
// Adds 附表2, with the table of what was left out, if anything was.
void AddColophon(const Snapshot& snapshot, const std::vector<LeftOut>& left_out,
                 ReportModel& model);

// Adds what the signs mean that the pages use, and no other, to the page that
// says how the report was made. REQUIRES: the pages are finished.
void FillSymbolLegend(ReportModel& model);

}  // namespace welfare::report
