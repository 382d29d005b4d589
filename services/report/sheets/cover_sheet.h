// The first sheet: title, publisher, contents.
#pragma once

#include <string>
#include <vector>

#include "services/report/model/report_model.h"
#include "services/report/sheets/book.h"

namespace welfare::report {

// One line of the contents.
struct ContentsEntry {
  std::string label;  // 4, 資-1
  std::string topic;
  std::string headline;
  std::string target;
};

// Returns the cover with the contents beside the title, each a link.
Sheet LayOutCover(const ReportModel& model, const Page& cover,
                  const std::vector<ContentsEntry>& contents);

}  // namespace welfare::report
