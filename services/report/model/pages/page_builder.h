// A page of a template, filled.
#pragma once

#include <vector>

#include "services/report/model/pages/left_out.h"
#include "services/report/model/pages/sentences.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Returns the page with its headline and blocks. What does not fit the round is
// replaced by a note in its place and added to `left_out`. `sentences` are
// those of `snapshot`, `source` is a page of `report_template`.
Page BuildPage(const TemplatePage& source,
               const ReportTemplate& report_template, const Snapshot& snapshot,
               const Sentences& sentences, std::vector<LeftOut>& left_out);

}  // namespace welfare::report
