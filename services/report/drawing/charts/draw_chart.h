// Charts as shapes.
#pragma once

#include <string>

#include "services/report/drawing/charts/chart_space.h"
#include "services/report/drawing/drawing.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// Returns the chart drawn in `space`. Pure. What has no room in it is a fault
// of the drawing.
Drawing DrawChart(const Chart& chart, const ChartSpace& space);

// Returns everything the chart shows in words, for readers who do not see it.
std::string DescribeChart(const Chart& chart);

// Returns how long 100% is in a chart of bars of shares that is drawn in
// `space`; 0 of others.
int LengthOfBars(const Chart& chart, const ChartSpace& space);

// --- one per kind ---
Drawing DrawBars(const Chart& chart, const ChartSpace& space);
Drawing DrawStacked(const Chart& chart, const ChartSpace& space);
Drawing DrawDonut(const Chart& chart, const ChartSpace& space);
Drawing DrawColumns(const Chart& chart, const ChartSpace& space);
Drawing DrawLine(const Chart& chart, const ChartSpace& space);
Drawing DrawTimeline(const Chart& chart, const ChartSpace& space);
Drawing DrawMatrix(const Chart& chart, const ChartSpace& space);
Drawing DrawTileMap(const Chart& chart, const ChartSpace& space);

}  // namespace welfare::report
