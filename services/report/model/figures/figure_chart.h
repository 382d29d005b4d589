// The chart of an indicator: the numbers of its table, drawn.
#pragma once

#include <optional>
#include <string>

#include "services/report/model/figures/two_years.h"
#include "services/report/model/report_model.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Returns the chart of an indicator, or nothing where the style is none, no
// number is there to draw, or the measure is not drawn. `title` carries n.
// Multiple answers are never stacked. Categories are the rows of the table: a
// year that lacks one has a point that is absent, never one of height 0.
std::optional<Chart> FigureChart(const TwoYears& years,
                                 TemplateBlock::ChartStyle style,
                                 TemplateBlock::Scale scale, std::string title);

// Returns the point of a cell of counts; absent where nobody was asked.
Chart::Point CountPoint(const ValueCell* cell);

}  // namespace welfare::report
