// Fills a template from a snapshot.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Returns the report: every page of the template, then the annexes (published
// figures against computed ones; how the report was made). Pure.
//
// REQUIRES: FindTemplateFaults(report_template) is empty; SortSnapshot was
// called.
//
// Errors:
//   FAILED_PRECONDITION, reason TEMPLATE_DOES_NOT_FIT: an indicator or a cell
//   the template names is not in the snapshot; every one is a violation.
absl::StatusOr<ReportModel> BuildReport(const ReportTemplate& report_template,
                                        const Snapshot& snapshot,
                                        std::string_view snapshot_id);

}  // namespace welfare::report
