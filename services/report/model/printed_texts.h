// Every text of a page that is printed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/report/model/report_model.h"

namespace welfare::report {

// Calls `visit` with each, which it may change.
void ForEachText(Page& page, const std::function<void(std::string&)>& visit);

// Prints what still looks like a placeholder (labels are written by people
// elsewhere) as 〔name〕, never as typed. Returns the names, each once.
std::vector<std::string> ReplaceRawPlaceholders(Page& page);

}  // namespace welfare::report
