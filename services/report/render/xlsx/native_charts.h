// Charts of a workbook: drawn by whoever opens it, from numbers on a sheet.
#pragma once

#include <xlsxwriter.h>

#include <string>

#include "services/report/model/report_model.h"
#include "services/report/render/xlsx/workbook.h"

namespace welfare::report {

// A chart that stands on a sheet.
struct NativeChart {
  lxw_chart* chart = nullptr;  // null: none can be drawn
  int width = 0;               // pixels
  int height = 0;
  std::string words;  // what it shows, for those who do not see it
};

// Writes the numbers of charts onto a sheet of their own, in the order in which
// they are drawn, and makes charts of them. Used by one thread.
class ChartNumbers {
 public:
  ChartNumbers(Workbook& book, std::string_view sheet_name);

  // `title` heads the numbers. A map of tiles has no native chart.
  NativeChart Add(const Chart& chart, std::string_view title);

 private:
  NativeChart AddBars(const Chart& chart);
  NativeChart AddStacked(const Chart& chart);
  NativeChart AddOverTime(const Chart& chart);

  // Writes one row of a chart's numbers for each category, one column for each
  // series; returns the row of the first.
  lxw_row_t WriteNumbers(const Chart& chart, bool shares);
  lxw_chart_series* AddSeries(lxw_chart* chart, lxw_row_t first,
                              std::size_t categories, std::size_t series);

  Workbook& book_;
  std::string name_;
  lxw_worksheet* sheet_;
  lxw_row_t row_ = 0;
};

}  // namespace welfare::report
