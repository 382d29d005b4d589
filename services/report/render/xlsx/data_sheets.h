// The sheets of a workbook that programs read: every value of every table with
// all that names it, and what the columns mean. They follow the ministry's rules
// for machine-readable statistics (2020): a header in the first row, one datum a
// cell, numbers as numbers, nothing merged, abbreviated or left out, units and
// Western years said, no formula, no drawing.
#pragma once

#include "services/report/model/report_model.h"
#include "services/report/render/xlsx/workbook.h"

namespace welfare::report {

inline constexpr std::string_view kDataSheet = "データ";
inline constexpr std::string_view kDataColumnsSheet = "データ項目";

void WriteDataSheets(const ReportModel& model, Workbook& book);

}  // namespace welfare::report
