// The rows behind a value: what is counted and explained.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/absence.h"
#include "services/base/numbers/rational.h"
#include "services/indicator/figures/figures.h"
#include "services/indicator/round/bitmap.h"

namespace welfare::indicator {

// Which rows are where: the value and its explanation come from the same sets.
struct FigureSets {
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

  explicit FigureSets(std::size_t rows) : base(rows), answered(rows) {
    absent.fill(Bitmap(rows));
  }

  Bitmap& Absent(base::Absence kind) {
    return absent[static_cast<std::size_t>(kind)];
  }
  const Bitmap& Absent(base::Absence kind) const {
    return absent[static_cast<std::size_t>(kind)];
  }

  // Adds a cell that counts `in` out of `of`. The reference is good until the
  // next call.
  Cell& Add(std::string key, std::string label, Bitmap in, Bitmap of) {
    Cell& cell = cells.emplace_back();
    cell.key = std::move(key);
    cell.label = std::move(label);
    cell.in = std::move(in);
    cell.base = std::move(of);
    return cell;
  }

  Bitmap base;
  Bitmap answered;
  std::array<Bitmap, 7> absent;  // by the number of base::Absence
  std::vector<Cell> cells;
  // The cells divide the answers among them.
  bool partition = false;
};

}  // namespace welfare::indicator
