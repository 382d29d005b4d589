// Documents written by the libraries alone: what a program would do that has
// everything placed and counted already, and asks nothing of what it writes.
#pragma once

#include <string>
#include <vector>

#include "services/report/sheets/book.h"

namespace welfare::bench {

// Draws the shapes of every sheet by Cairo, their texts by Pango. Empty where
// this program was built without Pango.
std::string BarePdf(const report::Book& book);

struct BareCell {
  int row = 0;
  int column = 0;
  int format = 0;
  bool number = false;
  std::string text;
  double value = 0;
  std::string link;  // where it leads in the book; empty: nowhere
};

struct BareChart {
  struct Series {
    std::string categories;  // `=図の数値!$B$2:$B$5`
    std::string values;
    std::string name;
    std::string fill;  // `12436D`; empty: as the library fills it
    std::string outline;
    std::vector<std::string> labels;  // one is not shown where it is empty
    std::vector<int> points;          // that are filled otherwise
  };
  int row = 0;
  std::string kind;  // bar, col, stacked, lineChart, doughnutChart
  bool legend = false;
  std::string number_format;  // of the axis of values
  std::string most;           // of that axis; empty: whatever it needs
  std::string title;
  std::string words;  // what it says to those who do not see it
  std::vector<Series> series;
};

struct BareSheet {
  struct Range {
    int top = 0;
    int left = 0;
    int bottom = 0;
    int right = 0;
  };
  struct Columns {
    int first = 0;
    int last = 0;
    double width = 0;
  };
  struct Height {
    int row = 0;
    double points = 0;
  };
  std::string name;
  bool printed = false;  // landscape, on one page's width
  std::string header;
  std::string footer;
  std::vector<Columns> columns;
  std::vector<Height> heights;
  std::vector<int> breaks;  // rows that begin a sheet of paper
  std::vector<Range> merged;
  std::vector<BareCell> cells;
  std::vector<BareChart> charts;
};

// Reads what report_figures.py found in a workbook: lines of fields with tabs
// between them, in the order of the fields above.
std::vector<BareSheet> ReadBareSheets(const std::string& path);

// Returns the bytes of a workbook of these sheets.
std::string BareWorkbook(const std::vector<BareSheet>& sheets);

}  // namespace welfare::bench
