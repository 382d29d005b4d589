// Fills a template from a snapshot.
#pragma once

#include <string_view>

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Returns the report: every page of the template, then the annexes (published
// figures against computed ones; how the report was made). Pure, and always a
// whole report: a figure or sentence that does not fit the round is replaced
// by a note in its place and listed in the last annex. Whatever is synthetic
// is marked as such, and no placeholder that nobody filled is printed as
// typed.
//
// REQUIRES: FindTemplateFaults(report_template) is empty; SortSnapshot was
// called.
ReportModel BuildReport(const ReportTemplate& report_template,
                        const Snapshot& snapshot, std::string_view snapshot_id);

}  // namespace welfare::report
