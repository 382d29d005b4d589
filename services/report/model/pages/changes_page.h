// What changed from the year before, where the years can be compared.
#pragma once

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Takes last year's values of what was asked otherwise then out of `snapshot`,
// so that no table, chart or sentence puts them beside this year's.
void LeaveOutBrokenYears(const Comparabilities& declared, Snapshot& snapshot);

// Says below each figure why it shows no last year, or no change. `snapshot` is
// the one of which nothing was left out.
void AddComparabilityNotes(const Comparabilities& declared,
                           const Snapshot& snapshot, ReportModel& model);

// Adds the table of changes: of each class of both years the counts, both n, how
// many of them are unknown, and the difference of the shares in points, computed
// from the exact shares and rounded once, half away from zero. Where there is no
// difference (WhyNoChange) a symbol stands in its place and the reason beside.
// No page where nothing can be compared.
void AddChanges(const Comparabilities& declared, const Snapshot& snapshot,
                ReportModel& model);

}  // namespace welfare::report
