// Tables of free texts: how many wrote something. What was written is not
// quoted: it is not public by its level.
#pragma once

#include <string>
#include <vector>

#include "services/report/model/figures/two_years.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// One row per item: how many wrote, of how many, this year and last.
// REQUIRES: `values` is not empty.
Figure WrittenTable(const Snapshot& snapshot,
                    const std::vector<const IndicatorValue*>& values);

// One item of a matrix: its values, without last year's where they may not be
// set against each other, and what it is called.
struct MatrixItem {
  TwoYears years;
  std::string label;
};

// A matrix of items by rows (phases), with the chart of the same numbers. A
// row that only some of the items or years have is a symbol in the others. The
// base stands in a column of its own: it is no number of texts. Last year's
// columns stand behind all of this year's; the chart has a line for each year.
// REQUIRES: `items` is not empty.
Figure PhaseTable(const std::vector<MatrixItem>& items, std::string title);

// Returns a table of the excerpts `ids` of the snapshot: category, text and
// respondent of each, to be quoted. What is counted of their items stands in
// its notes.
Figure ExcerptTable(const Snapshot& snapshot,
                    const std::vector<std::string>& ids);

}  // namespace welfare::report
