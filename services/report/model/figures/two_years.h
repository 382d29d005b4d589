// An indicator of this year and of the year before, side by side.
#pragma once

#include <string>
#include <vector>

#include "services/base/absence.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// One row of both years; null where the year has no such cell.
struct CellPair {
  std::string key;
  std::string label;
  const ValueCell* now = nullptr;
  const ValueCell* before = nullptr;
};

// Both years of an indicator. `previous` is null where there is none, or where
// it was measured otherwise and cannot stand beside this year's.
struct TwoYears {
  const IndicatorValue& value;
  const IndicatorValue* previous = nullptr;
  bool remeasured = false;          // last year's was left out for that reason
  bool synthetic = false;           // this year's round is demonstration data
  bool previous_synthetic = false;  // last year's is

  // Returns the cells of both years: all of them, so that either column adds
  // up to its n. This year's order; what only last year has stands behind
  // what it followed then, classes of a number in the order of numbers.
  std::vector<CellPair> Cells() const;
  // Returns the kinds of absence that stay in the base and occur in either.
  std::vector<base::Absence> AbsencesInBase() const;
  // Whether cells are taken of parts of the base: a cohort each.
  bool HasOwnBases() const;
  // Returns the heading of a year's columns: `令和6年度`, with （架空） where
  // that year alone is demonstration data.
  std::string YearHeading(const IndicatorValue& of) const;
};

// Returns both years of `value`. REQUIRES: the snapshot holds `value`.
TwoYears BothYears(const Snapshot& snapshot, const IndicatorValue& value);

// Returns the kinds of absence of one year that stay in its base and occur.
std::vector<base::Absence> AbsencesInBase(const IndicatorValue& value);
// Whether any cell, or the whole value, carries the flag.
bool HasInCells(const IndicatorValue& value, CellFlag flag);
bool Has(const std::vector<CellFlag>& flags, CellFlag flag);

}  // namespace welfare::report
