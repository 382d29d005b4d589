// A report as sheets of paper: everything placed, nothing left to decide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/report/drawing/drawing.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// A place that others lead to.
struct SheetTarget {
  int x = 0;
  int y = 0;
  std::string name;
};

struct Sheet {
  std::string label;  // 4, 資-1
  Drawing drawing;
  std::vector<SheetTarget> targets;
};

struct BookMark {
  int level = 1;
  std::string title;
  std::string target;
};

struct Book {
  std::string title;
  std::string subject;
  std::string author;
  std::string date;  // 2025-07-11
  std::vector<Sheet> sheets;
  std::vector<BookMark> bookmarks;  // in the order of the sheets
};

// What has no room on a sheet.
struct SheetFault {
  std::string sheet;  // its label
  std::string words;  // `4頁 主な数値：枠に入らない。`
};

// Returns all that LayOutBook would refuse. Pure.
std::vector<SheetFault> FindSheetFaults(const ReportModel& model);

// Lays the report out on A4 landscape: a sheet for each page, the contents on
// the cover, then the annex with every table. Pure.
//
// Errors:
//   FAILED_PRECONDITION, reason PAGE_OVERFLOW: something has no room on its
//     sheet; names page and block. Nothing is cut off or made smaller, and no
//     page runs on to a second sheet.
absl::StatusOr<Book> LayOutBook(const ReportModel& model);

// The page of a feedback sheet that begins the second sheet of paper.
inline constexpr std::string_view kFirstOfAnswers = "changes";

// Lays a feedback sheet out: a letter of one sheet, then the questions in two
// columns on as many sheets as they take. Pure.
//
// Errors: as above.
absl::StatusOr<Book> LayOutFeedback(const ReportModel& model);

}  // namespace welfare::report
