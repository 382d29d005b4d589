#include "services/indicator/figures/figures.h"

#include <algorithm>
#include <string_view>

#include "services/base/numbers/percent.h"
#include "services/indicator/errors.h"
#include "services/vocabulary/small_base.h"

namespace welfare::indicator {
namespace {

using vocabulary::kSmallBaseLimit;

bool IsNumber(Measure measure) {
  return measure == Measure::kSum || measure == Measure::kRank;
}

// The members that stay in the base without a number or an answer.
int MissingInside(const Figures& figures) {
  int missing = 0;
  for (const base::Absence kind : base::kAllAbsences) {
    if (base::StaysInBase(kind)) missing += figures.Absent(kind);
  }
  return missing;
}

// Whether the cell, if it states a value, states a highest one or a total: what
// a member without a number may raise.
bool MayRise(Measure measure, std::string_view key) {
  if (measure == Measure::kRank) return true;
  return measure == Measure::kSum && (key == "total" || key == "max");
}

bool IsHighest(Measure measure, std::string_view key) {
  return measure == Measure::kRank ||
         (measure == Measure::kSum && key == "max");
}

// The flags that the numbers of a cell call for, in the order of their numbers.
std::vector<CellFlag> FlagsOf(const Figures& figures, const FigureCell& cell) {
  std::vector<CellFlag> flags;
  if (cell.base == 0) return {CellFlag::kUndefined};
  // Fewer distinct values than the rank, or a total beyond 64 bits; or no
  // record of the year at all.
  const bool nothing = IsNumber(figures.measure)
                           ? !cell.value.has_value()
                           : figures.measure == Measure::kRegistrySeries &&
                                 cell.undecided == cell.base;
  const bool missing = IsNumber(figures.measure)
                           ? MayRise(figures.measure, cell.key) &&
                                 MissingInside(figures) > 0 && !nothing
                           : cell.undecided > 0;
  if (missing) flags.push_back(CellFlag::kLowerBound);
  if (cell.base < kSmallBaseLimit) flags.push_back(CellFlag::kSmallBase);
  if (IsHighest(figures.measure, cell.key) && cell.count > 1) {
    flags.push_back(CellFlag::kTied);
  }
  if (nothing) flags.push_back(CellFlag::kNoValue);
  return flags;
}

}  // namespace

bool FigureCell::Has(CellFlag flag) const {
  return std::ranges::find(flags, flag) != flags.end();
}

const FigureCell* Figures::FindCell(std::string_view key) const {
  const auto found = std::ranges::find(cells, key, &FigureCell::key);
  return found == cells.end() ? nullptr : &*found;
}

void SetFlags(Figures& figures) {
  bool lower_bound = false;
  for (FigureCell& cell : figures.cells) {
    cell.flags = FlagsOf(figures, cell);
    lower_bound = lower_bound || cell.Has(CellFlag::kLowerBound);
  }
  figures.flags.clear();
  if (figures.base == 0) figures.flags.push_back(CellFlag::kUndefined);
  if (lower_bound) figures.flags.push_back(CellFlag::kLowerBound);
  if (figures.base > 0 && figures.base < kSmallBaseLimit) {
    figures.flags.push_back(CellFlag::kSmallBase);
  }
}

absl::Status VerifyFigures(const Figures& figures, bool partition) {
  const auto broken = [&figures](std::string_view what) {
    return FiguresInconsistent(figures.indicator, what);
  };
  const int inside = MissingInside(figures);
  int outside = 0;
  for (const base::Absence kind : base::kAllAbsences) {
    const int count = figures.Absent(kind);
    if (count < 0) return broken("an absence is counted below 0");
    if (!base::StaysInBase(kind)) outside += count;
    const bool possible = figures.measure != Measure::kProgress &&
                          (figures.measure != Measure::kRegistrySeries ||
                           kind == base::Absence::kUnknown);
    if (count > 0 && !possible) {
      return broken("the measure has no absence of this kind");
    }
  }
  if (figures.size != figures.base + outside) {
    return broken("size is not base and the absences outside it");
  }
  if (figures.base != figures.answered + inside) {
    return broken("base is not answers and the absences inside it");
  }
  int sum = 0;
  bool lower_bound = false;
  for (const FigureCell& cell : figures.cells) {
    if (cell.base < 0 || cell.base > figures.base) {
      return broken("a cell's base lies outside the base");
    }
    if (cell.count < 0 || cell.undecided < 0 ||
        cell.count + cell.undecided > cell.base) {
      return broken("a numerator lies outside its base");
    }
    if (cell.undecided > 0 && figures.measure != Measure::kRegistrySeries) {
      return broken("only a series leaves members undecided");
    }
    // Numbers run over those who gave one, and carry how many these are.
    if (IsNumber(figures.measure) && cell.base != figures.answered) {
      return broken("a number is not over those who gave one");
    }
    const bool stated = cell.base > 0 && !cell.Has(CellFlag::kNoValue);
    if (cell.percent.has_value() != (stated && !IsNumber(figures.measure))) {
      return broken("a percent stands where there is none, or is missing");
    }
    if (cell.value.has_value() != (stated && IsNumber(figures.measure)) ||
        (figures.measure == Measure::kRank &&
         cell.value.has_value() != (cell.count > 0))) {
      return broken("a value stands where there is none, or is missing");
    }
    if (cell.percent.has_value() &&
        cell.percent != base::FormatPercent(cell.count, cell.base)) {
      return broken("a percent is not its count over its base");
    }
    if (cell.numerator.has_value() != cell.denominator.has_value() ||
        (cell.numerator.has_value() && !cell.value.has_value())) {
      return broken("a quotient is not whole");
    }
    if (cell.flags != FlagsOf(figures, cell)) {
      return broken("the flags of a cell contradict its numbers");
    }
    lower_bound = lower_bound || cell.Has(CellFlag::kLowerBound);
    sum += cell.count;
  }
  if (partition && sum != figures.answered) {
    return broken("the cells do not add up to the answers");
  }
  std::vector<CellFlag> flags;
  if (figures.base == 0) flags.push_back(CellFlag::kUndefined);
  if (lower_bound) flags.push_back(CellFlag::kLowerBound);
  if (figures.base > 0 && figures.base < kSmallBaseLimit) {
    flags.push_back(CellFlag::kSmallBase);
  }
  if (figures.flags != flags) {
    return broken("the flags of the value contradict its cells");
  }
  return absl::OkStatus();
}

}  // namespace welfare::indicator
