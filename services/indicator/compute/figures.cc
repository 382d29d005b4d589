#include "services/indicator/compute/figures.h"

#include <algorithm>
#include <string_view>

#include "services/indicator/errors.h"

namespace welfare::indicator {

const FigureCell* Figures::FindCell(std::string_view key) const {
  const auto found = std::ranges::find(cells, key, &FigureCell::key);
  return found == cells.end() ? nullptr : &*found;
}

absl::Status VerifyFigures(const Figures& figures, bool partition) {
  int inside = 0;
  int outside = 0;
  for (const base::Absence kind : base::kAllAbsences) {
    (base::StaysInBase(kind) ? inside : outside) += figures.Absent(kind);
  }
  const auto broken = [&figures](std::string_view what) {
    return FiguresInconsistent(figures.indicator, what);
  };
  if (figures.size != figures.base + outside) {
    return broken("size is not base and the absences outside it");
  }
  if (figures.measure != Measure::kProgress &&
      figures.base != figures.answered + inside) {
    return broken("base is not answers and the absences inside it");
  }
  int sum = 0;
  for (const FigureCell& cell : figures.cells) {
    if (cell.base < 0 || cell.base > figures.base) {
      return broken("a cell's base lies outside the base");
    }
    if (cell.count < 0 || cell.count > cell.base) {
      return broken("a numerator lies outside its base");
    }
    sum += cell.count;
  }
  if (partition && sum != figures.answered) {
    return broken("the cells do not add up to the answers");
  }
  return absl::OkStatus();
}

}  // namespace welfare::indicator
