// The annex: every table of the pages, then the annexes of the report.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "services/report/model/report_model.h"
#include "services/report/sheets/book.h"
#include "services/report/sheets/cover_sheet.h"

namespace welfare::report {

struct Annex {
  std::vector<Sheet> sheets;            // numbered 資-1 onward
  std::vector<ContentsEntry> contents;  // one for each part
  std::vector<BookMark> bookmarks;
};

// Returns the annex: part A holds the tables of all pages in two columns, the
// further parts are the pages of the report that are annexes.
Annex LayOutAnnex(const ReportModel& model);

// Returns all pages one after the other in two columns, on sheets that are
// numbered from 1: the first page gives the headline, and the page `first_sheet`
// begins a sheet.
Annex LayOutInColumns(const ReportModel& model, std::size_t first_sheet);

// Whether a page is an annex and no numbered page.
bool IsAnnex(const Page& page);

}  // namespace welfare::report
