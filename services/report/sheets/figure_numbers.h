// The numbers of figures and tables: a reader finds one by the other.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "services/report/model/report_model.h"

namespace welfare::report {

struct FigureNumber {
  std::string figure;  // 図4-1; empty: it is not drawn on the sheet
  std::string table;   // 表4-2; of quotations: 記述4-1
  std::string target;  // where its table stands: t-p04_plan
  bool in_annex = true;
};

// Returns the numbers of a page's figures by the index of their block.
std::map<std::size_t, FigureNumber> NumbersOf(const Page& page);

// The name of the place where a page begins, and where a figure does.
std::string PageTarget(const Page& page);
std::string FigureTarget(const Figure& figure);

}  // namespace welfare::report
