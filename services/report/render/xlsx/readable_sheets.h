// The sheets of a workbook that people read: cover, a sheet for each page, the
// numbers of the charts.
#pragma once

#include "services/report/model/report_model.h"
#include "services/report/render/xlsx/workbook.h"

namespace welfare::report {

void WriteReadableSheets(const ReportModel& model, Workbook& book);

}  // namespace welfare::report
