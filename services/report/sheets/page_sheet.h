// A page as one sheet: points, the key figure, at most four blocks, notes.
#pragma once

#include "services/report/model/report_model.h"
#include "services/report/sheets/book.h"

namespace welfare::report {

// Returns the sheet; what has no room is a fault of its drawing.
Sheet LayOutPage(const ReportModel& model, const Page& page);

}  // namespace welfare::report
