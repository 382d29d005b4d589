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
};

struct BareChart {
  struct Series {
    std::string categories;  // `=図の数値!$B$2:$B$5`
    std::string values;
  };
  int row = 0;
  std::vector<Series> series;
};

struct BareSheet {
  std::string name;
  std::vector<BareCell> cells;
  std::vector<BareChart> charts;
};

// Reads what report_figures.py found in a workbook: lines of fields with tabs
// between them, `sheet NAME`, `cell ROW COLUMN FORMAT n|s TEXT`, `chart ROW`,
// `series CATEGORIES VALUES`.
std::vector<BareSheet> ReadBareSheets(const std::string& path);

// Returns the bytes of a workbook of these sheets.
std::string BareWorkbook(const std::vector<BareSheet>& sheets);

}  // namespace welfare::bench
