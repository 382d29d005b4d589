// The annexes: published figures against computed ones, and how the report was
// made.
#pragma once

#include <string>
#include <vector>

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// One thing of the template that is not in the report.
struct LeftOut {
  std::string page;     // its label, `4`
  std::string place;    // `pages[4].headline`
  std::string reason;   // INDICATOR_NOT_IN_CODEBOOK
  std::string subject;  // `plan_formulated`
  std::string words;    // the note that stands in its place
};

// Adds 附表1; nothing without statements.
void AddComparison(const Snapshot& snapshot, ReportModel& model);
// Adds 附表2, with the table of what was left out, if anything was.
void AddColophon(const Snapshot& snapshot, const std::vector<LeftOut>& left_out,
                 ReportModel& model);

}  // namespace welfare::report
