// The rows behind a value: what RoundIndicators counts and explains.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "services/base/rational.h"
#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/round/bitmap.h"

namespace welfare::indicator {

// Which rows are where: the value and its explanation come from the same sets.
struct RoundIndicators::Sets {
  struct Cell {
    std::string key;
    std::string label;
    Bitmap in;
    Bitmap base;
    // The cell is a number of the respondents (total, rank), no count of them.
    bool number = false;
    std::optional<base::Rational> value;
    bool quotient = false;
    OptionRole role = OptionRole::kAnswer;
    // Of a series: of whom the registry does not say whether they are in.
    Bitmap undecided;
  };

  explicit Sets(std::size_t rows) : base(rows), answered(rows) {
    absent.fill(Bitmap(rows));
  }

  Bitmap base;
  Bitmap answered;
  std::array<Bitmap, 7> absent;
  std::vector<Cell> cells;
  // The cells divide the answers among them.
  bool partition = false;
};

}  // namespace welfare::indicator
