// The cells a row is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/indicator/statements/judge/open_reading.h"
#include "services/indicator/statements/judge/published_row.h"

namespace welfare::indicator {

// One cell of one round: a share or a value.
struct CellFigure {
  std::string label;
  std::int64_t count = 0;
  std::int64_t base = 0;
  std::optional<std::string> value;
  int undecided = 0;  // of a series

  // `23/30 (76.7%)`, or the value.
  std::string Text() const;
};

// Returns the cells of the row's source in the round of `year`, at least one.
// Where there are none, says why and returns nothing. The reading's population
// becomes the one the indicator has in that round.
std::optional<std::vector<CellFigure>> FindCells(const PublishedRow& row,
                                                 int year,
                                                 OpenReading& reading);

}  // namespace welfare::indicator
