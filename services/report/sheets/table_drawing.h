// A table as rows that are drawn: a sheet takes as many as it has room for.
#pragma once

#include <vector>

#include "services/report/drawing/drawing.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

struct TableDrawing {
  Drawing head;
  std::vector<Drawing> rows;
  int height = 0;  // of all of it
};

// Returns `table` drawn as wide as `width`, in type of `size`. Texts are broken
// into lines, words that no line of their column holds as well; numbers never are.
// Columns take their width by what stands in them. Where even the narrowest ones
// have no room, the head has a fault.
TableDrawing DrawTable(const Table& table, int width, int size);

// Returns all of it in one drawing.
Drawing WholeTable(const TableDrawing& table);

}  // namespace welfare::report
