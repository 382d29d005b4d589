// Charts as SVG.
#pragma once

#include <string>
#include <string_view>

#include "services/report/drawing/drawing.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// Returns an `<svg>` element with the chart, laid out for a screen; `id` is a
// prefix for the ids of its title and description. Text is text.
std::string RenderSvgChart(const Chart& chart, std::string_view id);

// Returns the shapes as SVG elements, in pixels of 1/96 inch.
std::string SvgShapes(const Drawing& drawing);

}  // namespace welfare::report
