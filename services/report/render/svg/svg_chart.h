// Charts as SVG: real text, integer coordinates, no script, no style sheet of
// their own. Every axis begins at 0. There is no pie: it cannot show multiple
// answers, and hides small differences.
#pragma once

#include <string>
#include <string_view>

#include "services/report/model/report_model.h"

namespace welfare::report {

// Returns one `<svg>` element. Ids inside begin with `id`. Pure.
// REQUIRES: every series has one point per category; whole > 0.
std::string RenderSvgChart(const Chart& chart, std::string_view id);

}  // namespace welfare::report
